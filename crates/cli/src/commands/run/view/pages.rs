//! What is shown, as documents and figures: written of what is shared, while nothing is locked.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Instant, UNIX_EPOCH};

use acecast_telemetry::metrics::{Format, Metrics};
use serde_json::{Value, json};

use super::{FRESH, View};
use crate::output::schema;
use crate::web::Pages;

impl Pages for View {
    fn status(&self) -> Value {
        self.refresh(FRESH);
        let (context, digest, trends, is_fresh, looks) = {
            let state = self.state();
            let (context, digest) = (Arc::clone(&state.context), Arc::clone(&state.digest));
            (context, digest, Arc::clone(&state.trends), state.is_fresh, state.looks)
        };
        let mut document = digest.status(&trends, is_fresh);
        document["refreshed_s"] = json!(looks.age(Instant::now()).map(|age| age.as_secs_f64()));
        context.out.cleaned(document)
    }

    fn plan(&self) -> Value {
        self.refresh(FRESH);
        let (context, digest) = {
            let state = self.state();
            (Arc::clone(&state.context), Arc::clone(&state.digest))
        };
        context.out.cleaned(digest.plan.clone())
    }

    fn events(&self) -> Value {
        let mut document = schema();
        document.insert("events".to_owned(), self.state().events.iter().cloned().collect());
        document.into()
    }

    fn metrics(&self, format: Format) -> String {
        self.refresh(FRESH);
        let (digest, is_planned) = {
            let state = self.state();
            (Arc::clone(&state.digest), state.config.is_some())
        };
        let started = self.started.duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64());
        let mut metrics = Metrics::new(env!("CARGO_PKG_VERSION"), started);
        metrics.nodes.clone_from(&digest.nodes);
        metrics.tasks = self.tasks.list();
        metrics.plan = is_planned.then_some(digest.plan_size);
        metrics.events_dropped = Some(self.events_dropped.load(Ordering::Relaxed));
        metrics.render(format)
    }

    fn is_ready(&self) -> bool {
        self.ready.load(Ordering::SeqCst)
    }
}
