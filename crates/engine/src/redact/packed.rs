//! Keys in PEM that were encoded in base64 as a whole, which is how they travel where a text may hold no line ends.
//!
//! One idea: base64 of a text that is base64 itself looks like nothing else. So it is known by what it decodes to,
//! wherever it was cut, and needs neither beginning nor end.

use std::ops::Range;

/// How many groups of four characters in a row have to decode to parts of a key. Words, names and hex digits hardly
/// ever have two.
const ENOUGH: usize = 6;

/// Every piece that decodes to a part of a key, in no order; they may overlap.
pub(super) fn pieces(text: &[u8]) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut run: Vec<Digit> = Vec::new();
    for (at, c) in text.iter().enumerate() {
        match value(*c) {
            Some(value) => run.push(Digit { at, value }),
            // Encoders like to break lines.
            None if matches!(c, b'\n' | b'\r') => {}
            None => {
                find(text, &run, &mut pieces);
                run.clear();
            }
        }
    }
    find(text, &run, &mut pieces);
    pieces
}

/// A character of base64.
struct Digit {
    at: usize,
    value: u32,
}

/// Looks through a run of digits. A run that was cut anywhere splits into groups in one of four ways.
fn find(text: &[u8], run: &[Digit], pieces: &mut Vec<Range<usize>>) {
    for shift in 0..run.len().min(4) {
        let mut streak = 0;
        for (i, group) in run[shift..].chunks(4).enumerate() {
            if is_good(group) {
                streak += 1;
                continue;
            }
            if streak >= ENOUGH {
                pieces.push(piece(text, run, shift + 4 * (i - streak)..shift + 4 * i));
            }
            streak = 0;
        }
        if streak >= ENOUGH {
            let groups = run[shift..].len() / 4;
            pieces.push(piece(text, run, shift + 4 * (groups - streak)..shift + 4 * groups));
        }
    }
}

/// Where the digits are, with what the cut left of the groups around them, and with padding.
fn piece(text: &[u8], run: &[Digit], digits: Range<usize>) -> Range<usize> {
    // A word on the line before is no part of it.
    let touch = |pair: &[Digit]| pair[0].at + 1 == pair[1].at;
    let before = run[..=digits.start].windows(2).rev().take(3).take_while(|pair| touch(pair)).count();
    let after = run[digits.end - 1..].windows(2).take(3).take_while(|pair| touch(pair)).count();
    let end = run[digits.end - 1 + after].at + 1;
    let padding = text[end..].iter().take(2).take_while(|c| **c == b'=').count();
    run[digits.start - before].at..end + padding
}

/// The four digits are three characters that a key in PEM may have. Encoders break no line within a group.
fn is_good(group: &[Digit]) -> bool {
    let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit.value);
    let [_, decoded @ ..] = bits.to_be_bytes();
    let in_pem = |c: &u8| c.is_ascii_alphanumeric() || b"+/=- \n\r".contains(c);
    let is_whole = group.len() == 4 && group[0].at + 3 == group[3].at;
    is_whole && decoded.iter().all(in_pem)
}

/// What a digit stands for. The last two digits, `+` and `/`, never come of such a text.
fn value(c: u8) -> Option<u32> {
    let value = match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        _ => return None,
    };
    Some(value.into())
}
