#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| acecast_engine::fuzzing::memory_limits(bytes));
