use acecast_config::PrivateKey;

use super::super::tests::pem;
use super::*;

fn ts(last_seq: u64, key: &str) -> Metadata {
    Metadata::Ts { last_seq, private_key: PrivateKey::new(key) }
}

fn hls(numbers: &[(&str, u64)]) -> Metadata {
    let name = |digit: &str| format!("{}_stream_0", digit.repeat(40)).parse().unwrap();
    Metadata::Hls { sequences: numbers.iter().map(|(digit, number)| (name(digit), *number)).collect() }
}

#[test]
fn a_backup_only_gets_better() {
    let key = pem(7);
    for (local, backup, sends) in [(43, 42, true), (42, 42, false), (41, 42, false), (0, u64::MAX, false)] {
        let verdict = against(&ts(local, &key), &ts(backup, &key));
        let expected = if sends { Verdict::Send(ts(local, &key)) } else { Verdict::Unchanged };
        assert_eq!(verdict, expected, "{local} against {backup}");
    }
}

#[test]
fn the_same_key_in_other_lines_is_the_same() {
    let other_lines = format!("{}\r\n", pem(7).replace('\n', "\r\n"));
    assert_eq!(against(&ts(5, &pem(7)), &ts(5, &other_lines)), Verdict::Unchanged);
    assert_eq!(against(&ts(6, &pem(7)), &ts(5, &other_lines)), Verdict::Send(ts(6, &pem(7))));
}

#[test]
fn another_key_is_for_people_to_decide() {
    let expected =
        Verdict::OtherKey { local: fingerprint(pem(7).as_bytes()), backup: fingerprint(pem(8).as_bytes()) };
    assert_eq!(against(&ts(43, &pem(7)), &ts(42, &pem(8))), expected);
    assert_eq!(against(&ts(1, &pem(7)), &ts(42, &pem(8))), expected);
    assert!(!format!("{expected:?}").contains("BwcH"), "no part of a key");
}

#[test]
fn damaged_keys_never_win() {
    let key = pem(7);
    assert_eq!(
        against(&ts(1, &key), &ts(42, &key[..300])),
        Verdict::BackupDamaged { damage: Damage::Cut, instead: ts(42, &key) },
        "nor does a number sink"
    );
    let empty = Verdict::BackupDamaged { damage: Damage::Empty, instead: ts(43, &key) };
    assert_eq!(against(&ts(43, &key), &ts(42, "")), empty);
    assert_eq!(against(&ts(50, &key[..300]), &ts(42, &key)), Verdict::LocalDamaged(Damage::Cut));
    assert_eq!(against(&ts(50, ""), &hls(&[("a", 1)])), Verdict::LocalDamaged(Damage::Empty));
}

#[test]
fn of_sequences_all_names_and_the_higher_numbers_count() {
    let backup = hls(&[("a", 5), ("b", 5), ("c", 5)]);
    let merged = hls(&[("a", 6), ("b", 5), ("c", 5), ("d", 1)]);
    assert_eq!(against(&hls(&[("a", 6), ("b", 4), ("d", 1)]), &backup), Verdict::Send(merged));
    assert_eq!(against(&hls(&[("a", 5), ("b", 4)]), &backup), Verdict::Unchanged);
    assert_eq!(against(&hls(&[]), &backup), Verdict::Unchanged);
}

#[test]
fn other_kinds_live_side_by_side() {
    let (ts, hls) = (ts(5, &pem(7)), hls(&[("a", 5)]));
    assert_eq!(against(&ts, &hls), Verdict::Send(ts.clone()));
    assert_eq!(against(&hls, &ts), Verdict::Send(hls.clone()));
}
