//! Short helpers that build worlds for planner tests: this crate's own, and those of whoever embeds the planner.
//!
//! A test reads as a sentence: what the config wants, what runs, and the text of the plan.
//!
//! ```
//! use acecast_reconcile::testing::{World, running, source};
//! use acecast_reconcile::Field;
//!
//! let asked = source(8640, "brodilo").with(Field::Bitrate, 500_000);
//! let found = running(source(8640, "brodilo").with(Field::Bitrate, 400_000)).adopted();
//! let world = World::new().wants(asked).runs(found);
//! let plan = world.plan();
//! assert_eq!(plan.to_string(), "~ restart  source  8640  brodilo  bitrate 400000 → 500000\n");
//! assert_eq!(world.apply(&plan).plan().changes(), 0);
//! ```
//!
//! Every helper takes plain numbers and texts, and panics where they are wrong: a test should fail there and then.
#![expect(clippy::missing_panics_doc, reason = "said once, in the module's documentation")]

mod apply;
mod nodes;
mod world;

pub use apply::apply;
pub use nodes::{endpoint, hls, pid, port, running, source, support, uid};
pub use world::World;
