//! The description of the keys.

use acecast_config::reference::{Kind, Need, REFERENCE};

#[test]
fn it_says_something_of_each_key() {
    for (object, keys) in REFERENCE {
        for key in *keys {
            let text = key.text;
            assert!(text.ends_with('.') && !text.contains(['\n', '`', '*']), "{object}.{}: {text}", key.name);
            assert!(!(key.nullable && key.need == Need::Required), "{object}.{}", key.name);
        }
    }
}

#[test]
fn objects_are_described_themselves() {
    let known = |name: &str| name == "node" || REFERENCE.iter().any(|(object, _)| *object == name);
    for key in REFERENCE.iter().flat_map(|(_, keys)| *keys) {
        let kind = if let Kind::List(kind, _) = key.kind { *kind } else { key.kind };
        if let Kind::Object(name) = kind {
            assert!(known(name), "{name}");
        }
    }
}
