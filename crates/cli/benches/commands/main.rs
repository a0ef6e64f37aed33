//! What the commands cost, next to bare loops that do the same work without acecast, and next to what an operator would
//! use instead.
//!
//! Runs take turns, so that what else the machine does meets all of them alike, and medians are compared: it is the
//! ratios that count. Everything runs on loopback, on nodes of the sandbox, and ends with this program, also by Ctrl-C.
//!
//! Each scene prints its table between two marks, which are also in the document that the tables are for.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people at work on this code"
)]

mod asking;
mod bare;
mod choice;
mod host;
mod hung;
mod interrupt;
mod lists;
mod measure;
mod noop;
mod process;
mod reports;
mod rest;
mod start;
mod start_up;
mod supervisor;
mod table;

#[allow(dead_code, unused_imports, reason = "made for tests, which need more")]
#[path = "../../tests/e2e/support/mod.rs"]
mod support;

#[allow(clippy::duplicate_mod, reason = "what the support asks servers with is its own")]
#[path = "../../tests/e2e/support/http.rs"]
mod http;
#[allow(dead_code, reason = "made for tests, which need more")]
#[path = "../../tests/run/keeper.rs"]
mod keeper;
#[allow(dead_code, reason = "made for tests, which need more")]
#[path = "../../tests/run/kernel.rs"]
mod kernel;

use std::process::ExitCode;

use choice::Choice;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.split_first() {
        Some((mode, rest)) if mode == measure::MODE => println!("{}", measure::watch(rest)),
        Some((mode, rest)) if mode == bare::LOOK => bare::look(rest),
        Some((mode, rest)) if mode == bare::ASK => bare::ask_all(rest),
        Some((mode, rest)) if mode == bare::SPAWN => bare::spawn(rest),
        Some((mode, rest)) if mode == bare::REPORT => bare::report(rest),
        // Cargo says so, behind the words of whoever calls it.
        _ if args.iter().any(|arg| arg == "--bench") => match Choice::of(&args) {
            Ok(choice) => measure_all(&choice),
            Err(usage) => {
                eprintln!("{usage}");
                return ExitCode::from(2);
            }
        },
        _ => println!("run this with `cargo bench`"),
    }
    ExitCode::SUCCESS
}

fn measure_all(choice: &Choice) {
    interrupt::heed();
    host::raise_limit();
    start_up::measure(choice);
    lists::measure(choice);
    host::each_size(choice);
    hung::measure(choice);
    reports::measure(choice);
    rest::measure(choice);
    asking::measure(choice);
    supervisor::measure(choice);
}
