//! Which look is shown: the one that began last, whoever had it, and whether it is to be had again.

use std::time::{Duration, Instant};

/// The look that is shown, and what it cannot show.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Looks {
    shown: Option<Shown>,
    /// When something has changed last.
    changed: Option<Instant>,
}

#[derive(Clone, Copy, Debug)]
struct Shown {
    began: Instant,
    ended: Instant,
}

impl Looks {
    /// Something has changed: a look that began before does not show it, also if it is still under way.
    pub(super) fn change(&mut self, at: Instant) {
        self.changed = Some(at);
    }

    /// A look has ended. False if one is shown that began later.
    pub(super) fn take(&mut self, began: Instant, ended: Instant) -> bool {
        let is_newest = self.shown.is_none_or(|shown| shown.began <= began);
        if is_newest {
            self.shown = Some(Shown { began, ended });
        }
        is_newest
    }

    /// What is shown was seen a moment ago, and nothing has changed since.
    pub(super) fn is_young(&self, now: Instant, young: Duration) -> bool {
        let is_whole = |shown: &Shown| self.changed.is_none_or(|changed| changed <= shown.began);
        self.shown.filter(is_whole).is_some_and(|shown| now.duration_since(shown.ended) < young)
    }

    /// How old the look is that is shown.
    pub(super) fn age(&self, now: Instant) -> Option<Duration> {
        self.shown.map(|shown| now.duration_since(shown.ended))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YOUNG: Duration = Duration::from_millis(900);

    #[test]
    fn a_look_that_began_earlier_and_ends_later_is_not_shown() {
        let [t0, t1, t2, t3] = [0, 1, 2, 3].map(|s| Instant::now() + Duration::from_secs(s));
        let mut looks = Looks::default();
        assert!(looks.take(t1, t2));
        assert!(!looks.take(t0, t3));
        assert_eq!(looks.age(t3), Some(t3 - t2));
        assert!(looks.take(t2, t3));
        assert_eq!(looks.age(t3), Some(Duration::ZERO));
    }

    #[test]
    fn a_look_during_which_something_changed_is_shown_and_had_again() {
        let now = Instant::now();
        let [t1, t2, t3] = [1, 2, 3].map(|ms| now + Duration::from_millis(ms));
        let mut looks = Looks::default();
        assert!(!looks.is_young(now, YOUNG));
        looks.change(t1);
        assert!(looks.take(now, t2));
        assert!(!looks.is_young(t2, YOUNG));
        assert!(looks.take(t1, t2));
        assert!(looks.is_young(t3, YOUNG) && !looks.is_young(t3 + YOUNG, YOUNG));
        assert!(!looks.is_young(t3, Duration::ZERO));
    }
}
