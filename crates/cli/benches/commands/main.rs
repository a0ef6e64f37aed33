//! What the commands cost, next to bare loops that do the same work without acecast.
//!
//! Runs take turns, so that what else the machine does meets all of them alike, and medians are compared: it is the
//! ratios that count. Everything runs on loopback, on nodes of the sandbox, and ends with this program.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for people at work on this code")]

mod bare;
mod measure;
mod reports;
mod scenes;
#[allow(dead_code, unused_imports, reason = "made for tests, which need more")]
#[path = "../../tests/e2e/support/mod.rs"]
mod support;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.split_first() {
        Some((mode, rest)) if mode == measure::MODE => println!("{}", measure::watch(rest)),
        Some((mode, rest)) if mode == bare::LOOK => bare::look(rest),
        Some((mode, rest)) if mode == bare::SPAWN => bare::spawn(rest),
        Some((mode, rest)) if mode == bare::REPORT => bare::report(rest),
        Some((mode, _)) if mode == "--bench" => {
            scenes::all();
            reports::all();
        }
        _ => println!("run this with `cargo bench`"),
    }
}
