//! The fuzz targets of this crate, over their seeds and over what becomes of seeds.

#[path = "../../../fuzz/seeds.rs"]
#[allow(clippy::unwrap_used, reason = "helpers of tests unwrap, too")]
mod seeds;

#[test]
fn the_seeds_of_every_target() {
    seeds::all(acecast_engine::fuzzing::TARGETS);
}

#[test]
fn what_becomes_of_seeds() {
    seeds::changed(acecast_engine::fuzzing::TARGETS, 1000);
}

#[test]
fn a_long_text_of_a_seed() {
    seeds::large(acecast_engine::fuzzing::TARGETS);
}
