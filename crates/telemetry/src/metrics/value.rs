//! A number, as both formats take it.

use std::fmt;

/// A count, or a measured number that is neither negative nor infinite: everything here is a count, a size, a rate, a
/// time or yes and no.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value {
    Count(u64),
    Measured(f64),
}

impl Value {
    /// `None` for what is not known, and for a number that cannot have been measured.
    pub(super) fn measured(number: Option<f64>) -> Option<Value> {
        // Adding zero makes zero of negative zero.
        number
            .filter(|number| number.is_finite() && *number >= 0.0)
            .map(|number| Value::Measured(number + 0.0))
    }

    pub(super) fn count(number: Option<u64>) -> Option<Value> {
        number.map(Value::Count)
    }

    pub(super) fn yes(it: bool) -> Value {
        Value::Count(u64::from(it))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Count(number) => write!(f, "{number}"),
            Value::Measured(number) => write!(f, "{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_cannot_have_been_measured_are_not_known() {
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, -f64::MIN_POSITIVE] {
            assert_eq!(Value::measured(Some(number)), None);
        }
    }

    #[test]
    fn numbers_are_written_without_an_exponent_and_without_loss() {
        let text = |number| Value::measured(Some(number)).unwrap().to_string();
        assert_eq!(text(0.0), "0");
        assert_eq!(text(-0.0), "0");
        assert_eq!(text(50_000.0), "50000");
        assert_eq!(text(0.1), "0.1");
        assert_eq!(text(1_763_829_600.123), "1763829600.123");
        assert_eq!(text(f64::MAX).parse::<f64>().unwrap().to_bits(), f64::MAX.to_bits());
        assert_eq!(Value::Count(u64::MAX).to_string(), "18446744073709551615");
    }
}
