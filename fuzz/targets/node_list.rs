#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| acecast_config::fuzzing::node_list(bytes));
