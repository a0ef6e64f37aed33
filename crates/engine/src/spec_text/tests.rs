use std::ffi::OsStr;

use acecast_reconcile::Value;
use proptest::prelude::*;

use super::*;

fn spec(name: &str, settings: impl IntoIterator<Item = (Field, Value)>) -> Spec {
    let stream = match name.parse() {
        Ok(source) => Stream::Support(source),
        Err(_) => Stream::Source(name.parse().unwrap()),
    };
    Spec { port: Port::try_from(8640).unwrap(), stream, settings: settings.into_iter().collect() }
}

fn decoded(text: &str) -> Spec {
    match decode(text).unwrap() {
        Decoded::Spec { spec, .. } => spec,
        newer @ Decoded::Newer { .. } => panic!("{newer:?}"),
    }
}

const TEXT: &str = r#"{"v":1,"realm":"/srv/ace/pid","port":8640,"role":"source","name":"news","settings":{"title":"\u0000\"é","bitrate":400000,"quality":null,"categories":["kids","sport"]}}"#;

#[test]
fn the_text_is_the_documented_one() {
    let settings = [
        (Field::Bitrate, Value::from(400_000)),
        (Field::Categories, Value::set(["sport", "kids"])),
        (Field::Quality, Value::Null),
        (Field::Title, Value::from("\0\"é")),
    ];
    let spec = spec("news", settings);
    let realm = PathBuf::from("/srv/ace/pid");
    assert_eq!(encode(&spec, &realm).unwrap(), TEXT);
    assert_eq!(decode(TEXT).unwrap(), Decoded::Spec { realm, spec });
}

#[test]
fn unknown_fields_and_settings_are_passed_over() {
    let text = TEXT
        .replace(r#""v":1"#, r#""v":1,"mood":{"a":[1]}"#)
        .replace(r#""bitrate":400000"#, r#""colour":{"x":1.5}"#);
    let spec = decoded(&text);
    assert!(!spec.settings.contains_key(Field::Bitrate), "absent, not null");
    assert_eq!(spec.settings.len(), 3);
}

#[test]
fn a_newer_text_tells_at_least_where_it_belongs() {
    let newer = decode(r#"{"v":2,"realm":"/r","port":8640,"role":{"new":"form"}}"#).unwrap();
    let port = Port::try_from(8640).ok();
    assert_eq!(newer, Decoded::Newer { version: 2, realm: Some("/r".into()), port });
    let bare = decode(r#"{"v":99,"realm":7,"port":"x"}"#).unwrap();
    assert_eq!(bare, Decoded::Newer { version: 99, realm: None, port: None });
}

#[test]
fn secrets_stay_out_in_both_directions() {
    let spec = spec("news", [(Field::ProviderKey, "hunter2".into()), (Field::NodeAccessToken, "t".into())]);
    assert!(encode(&spec, Path::new("/r")).unwrap().ends_with(r#""settings":{}}"#));
    let text = TEXT.replace(r#""quality":null"#, r#""provider_key":"hunter2""#);
    assert!(!decoded(&text).settings.contains_key(Field::ProviderKey));
}

#[test]
fn a_path_that_is_no_utf8_comes_back() {
    let realm = Path::new(OsStr::from_bytes(b"/srv/\xff/pid"));
    let text = encode(&spec("news", []), realm).unwrap();
    assert!(matches!(decode(&text), Ok(Decoded::Spec { realm: found, .. }) if found == realm));
}

#[test]
fn what_acecast_does_not_write_is_no_spec() {
    let without = |name: &str| TEXT.replace(&format!("\"{name}\""), "\"other\"");
    let cases = [
        (String::new(), "no JSON"),
        (TEXT[..TEXT.len() - 1].to_owned(), "no JSON"),
        ("[".repeat(100_000), "no JSON"),
        ("[]".to_owned(), "no usable `v`"),
        (without("v"), "no usable `v`"),
        (TEXT.replace(r#""v":1"#, r#""v":0"#), "no usable `v`"),
        (TEXT.replace(r#""v":1"#, r#""v":-1"#), "no usable `v`"),
        (without("realm"), "no usable `realm`"),
        (TEXT.replace("/srv", "srv"), "no usable `realm`"),
        (TEXT.replace("/srv", r"/\u0000srv"), "no usable `realm`"),
        (without("port"), "no usable `port`"),
        (TEXT.replace("8640", "65536"), "no usable `port`"),
        (TEXT.replace("8640", "86.5"), "no usable `port`"),
        (without("role"), "no usable `role`"),
        (TEXT.replace("source", "sauce"), "no usable `role`"),
        (TEXT.replace("source", "support"), "no usable `name`"),
        (TEXT.replace("news", "../news"), "no usable `name`"),
        (without("settings"), "no usable `settings`"),
        (TEXT.replace("400000", "-1"), "no usable `bitrate`"),
        (TEXT.replace("\"kids\"", "7"), "no usable `categories`"),
    ];
    for (text, expected) in cases {
        assert_eq!(decode(&text).unwrap_err().to_string(), expected, "{text:.80}");
    }
}

#[test]
fn the_limit_is_the_kernels() {
    let long = |len: usize| spec("news", [(Field::Title, "x".repeat(len).into())]);
    let realm = Path::new("/r");
    let frame = encode(&long(0), realm).unwrap().len();
    let text = encode(&long(MAX_LEN - frame), realm).unwrap();
    assert_eq!(encode(&long(MAX_LEN - frame + 1), realm), Err(SpecTooLong { len: MAX_LEN + 1 }));
    let run = |text: String| std::process::Command::new("true").env(VARIABLE, text).status();
    assert!(run(text.clone()).unwrap().success());
    assert!(run(text + "x").is_err(), "the kernel would take more");
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<u64>().prop_map(Value::Number),
        any::<String>().prop_map(Value::Text),
        prop::collection::btree_set(any::<String>(), 0..4).prop_map(Value::Set),
    ]
}

fn any_spec() -> impl Strategy<Value = Spec> {
    let stream = prop_oneof![
        "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}".prop_map(|uid| Stream::Source(uid.parse().unwrap())),
        (any::<std::net::IpAddr>(), 1..=65535_u64).prop_map(|(ip, port)| {
            Stream::Support(acecast_reconcile::Endpoint { ip, port: Port::try_from(port).unwrap() })
        }),
    ];
    let fields = prop::sample::select(Field::ALL).prop_filter("no secret", |field| !is_secret(*field));
    let settings = prop::collection::btree_map(fields, any_value(), 0..20);
    (1..=65535_u64, stream, settings).prop_map(|(port, stream, settings)| Spec {
        port: Port::try_from(port).unwrap(),
        stream,
        settings: settings.into_iter().collect(),
    })
}

proptest! {
    #[test]
    fn every_spec_comes_back(spec in any_spec(), path in prop::collection::vec(1..=255_u8, 0..40)) {
        let realm = Path::new("/").join(OsStr::from_bytes(&path));
        let text = encode(&spec, &realm).unwrap();
        prop_assert!(!text.contains('\0'));
        prop_assert_eq!(decode(&text).unwrap(), Decoded::Spec { realm, spec });
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let _ = decode(&text);
    }

    #[test]
    fn no_damage_makes_it_panic(at in 0..TEXT.len(), with in any::<char>()) {
        let mut text: Vec<char> = TEXT.chars().collect();
        let at = at.min(text.len() - 1);
        text[at] = with;
        let _ = decode(&text.into_iter().collect::<String>());
    }
}
