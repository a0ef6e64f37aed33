//! What is a key, and what is wrong with what is none.

use super::*;

#[test]
fn whole_keys_in_every_form() {
    let text = pem(7);
    for key in [
        text.clone(),
        format!("{text}\n"),
        format!("{text}\r\n").replace('\n', "\r\n"),
        text.replace("RSA ", ""),
        text.replace("RSA ", "ENCRYPTED "),
        pem_of(b"short"),
    ] {
        assert_eq!(judge_key(key.as_bytes()), Ok(()), "{key}");
    }
    assert_eq!(judge_key(&der(7, 460)), Ok(()));
    assert_eq!(judge_key(&der(b'\n', 460)), Ok(()), "the last byte is its own");
    assert_eq!(judge_key(&[der(7, 460), vec![b'\n']].concat()), Ok(()));
}

#[test]
fn damage_has_a_name() {
    let text = pem(7);
    let lines: Vec<&str> = text.lines().collect();
    let without_a_line = [&lines[..3], &lines[4..]].concat().join("\n");
    let only_armour = [lines[0], lines[lines.len() - 1]].join("\n");
    let cases: [(Vec<u8>, Damage); 16] = [
        (b"".to_vec(), Damage::Empty),
        (b" \n".to_vec(), Damage::Empty),
        (vec![0; 690], Damage::Zeros),
        (b"garbage".to_vec(), Damage::NotAKey),
        (b"\xff\xfe".to_vec(), Damage::NotAKey),
        (text.replace("PRIVATE", "PUBLIC").into(), Damage::NotAKey),
        (text.replace("BEGIN", "BEGUN").into(), Damage::NotAKey),
        (text[..12].into(), Damage::Cut),
        (text[..300].into(), Damage::Cut),
        (text[..text.len() - 1].into(), Damage::Cut),
        (text.replace("END RSA", "END EC").into(), Damage::Cut),
        (format!("{text}\n\0\0\0").into(), Damage::Trailing),
        (only_armour.into(), Damage::EmptyBody),
        (text.replace("BwcH", "B*cH").into(), Damage::NotBase64),
        (without_a_line.into(), Damage::Length { says: 464, has: 416 }),
        (der(7, 460)[..400].to_vec(), Damage::Length { says: 464, has: 400 }),
    ];
    for (bytes, damage) in cases {
        assert_eq!(judge_key(&bytes), Err(damage), "{}", String::from_utf8_lossy(&bytes));
    }
    // A block of the file that was never written.
    let mut torn = text.into_bytes();
    torn[200..400].fill(0);
    assert_eq!(judge_key(&torn), Err(Damage::NotBase64));
}

#[test]
fn a_key_cut_anywhere_is_damaged() {
    let text = pem(7);
    for end in 0..text.len() {
        assert!(judge_key(&text.as_bytes()[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn a_key_of_which_only_the_first_line_is_left() {
    let text = pem(7);
    let lines: Vec<&str> = text.lines().collect();
    let left = [lines[0], lines[1], lines[lines.len() - 1]].join("\n");
    assert_eq!(judge_key(left.as_bytes()), Err(Damage::Length { says: 464, has: 48 }));
}

#[test]
fn a_fingerprint_is_the_sha_256_of_the_key() {
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(fingerprint(b"abc"), expected);
    assert_eq!(fingerprint(b"abc\n"), expected);
    assert_eq!(fingerprint(b"abc\r\n"), expected);
}
