use super::*;

const TITLE: Field = Field::Title;

/// Values that are easily mistaken for one another.
fn values() -> Vec<Value> {
    let texts = ["", "\0", "a", "b", "ab", "\u{1}\0\0\0\0\0\0\0a"].map(Value::from);
    let numbers = [0, 1, 97, u64::from(u32::MAX) + 1, u64::MAX].map(Value::from);
    let sets = [&[][..], &[""], &["a"], &["ab"], &["a", "b"], &["", "ab"]].map(Value::set);
    [Value::Null].into_iter().chain(texts).chain(numbers).chain(sets).collect()
}

#[test]
fn every_value_comes_back() {
    for value in values() {
        let settings = Settings::from([(TITLE, value.clone()), (Field::CacheDir, value.clone())]);
        assert_eq!(settings.get(TITLE), Some(value.clone()));
        assert_eq!(settings.get(Field::CacheDir), Some(value));
        assert_eq!(settings.get(Field::Url), None);
    }
}

#[test]
fn settings_are_equal_where_their_values_are() {
    for (i, a) in values().into_iter().enumerate() {
        for (j, b) in values().into_iter().enumerate() {
            let same = Settings::from([(TITLE, a.clone())]) == Settings::from([(TITLE, b)]);
            assert_eq!(same, i == j, "{i} {j}");
        }
    }
}

#[test]
fn a_map_does_the_same() {
    let fields = [TITLE, Field::Type, Field::StateDir, TITLE, Field::Url, Field::Type];
    let mut settings = Settings::new();
    let mut map = std::collections::BTreeMap::new();
    for (at, field) in fields.into_iter().cycle().take(60).enumerate() {
        let value = values().swap_remove(at % values().len());
        if at % 7 == 0 {
            settings.remove(field);
            map.remove(&field);
        } else {
            settings.insert(field, value.clone());
            map.insert(field, value);
        }
        let copied: Settings = map.clone().into_iter().collect();
        assert_eq!(settings, copied);
        assert!(settings.iter().eq(map.clone()));
        assert_eq!((settings.len(), settings.is_empty()), (map.len(), map.is_empty()));
        assert_eq!(format!("{settings:?}"), format!("{map:?}"));
    }
}

#[test]
fn only_what_both_have_can_differ() {
    let ours = Settings::from([(Field::Type, "ts".into()), (TITLE, "a".into()), (Field::Bitrate, 1.into())]);
    let theirs = Settings::from([(Field::Url, "u".into()), (TITLE, "b".into()), (Field::Bitrate, 1.into())]);
    let differing: Vec<_> = ours.differing(&theirs).collect();
    assert_eq!(differing, [(TITLE, "a".into(), "b".into())]);
    assert_eq!(ours.differing(&ours.clone()).count(), 0);
}
