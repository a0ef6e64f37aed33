//! Keys are neither shown nor sent where others could read them.

use acecast_reconcile::Role;

use super::*;

#[test]
fn no_key_is_shown_whatever_is_wrong() {
    let key = format!("MIICXAIBAAKBgQC7{}", "s3cretS3CRET+/x".repeat(8));
    let pem = format!("-----BEGIN RSA PRIVATE KEY-----\\n{key}\\n-----END RSA PRIVATE KEY-----\\n");
    let packed = format!("LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVkt{}", "s3cret".repeat(20));
    for key in [&key, &pem, &packed] {
        let metadata = [
            format!("\"{key}\""),
            format!("[\"{key}\"]"),
            format!("{{\"last_seq\": \"{key}\", \"private_key\": 12}}"),
            format!("{{\"last_seq\": 1, \"private_key\": [\"{key}\"]}}"),
            format!(
                "{{\"last_seq\": 1, \"private_key\": {{\"base64\": \"{key}!\", \"base46\": \"{key}\"}}}}"
            ),
            format!("{{\"last_seq\": 1, \"base64\": \"{key}\"}}"),
            format!("{{\"hls_sequence\": \"{key}\"}}"),
            format!("{{\"hls_sequence\": {{\"{NAME}\": \"{key}\"}}}}"),
            format!("{{\"hls_sequence\": {{\"{key}\": 1}}}}"),
            format!("{{\"{key}\": 1, \"last_seq\": 1}}"),
            format!("{{\"last_seq\": 1, \"private_key\": \"{key}\" "),
            format!("{{\"last_seq\": 1, \"private_key\": \"{key}"),
            format!("{{\"last_seq\": 1 \"private_key\": \"{key}\"}}"),
        ];
        for metadata in metadata {
            let list = format!("[{{\"stream_uid\": \"a\", \"type\": \"hls\", \"metadata\": {metadata}}}]");
            let world = World::new();
            let problems = |backups: Result<Backups, LoadError>| match backups {
                Ok(backups) => backups.problems,
                Err(error) => error.problems(),
            };
            let found = [
                problems(answer(&list)),
                problems(file(&format!("{{\"a\": {metadata}}}"))),
                world.lists(&list, "[]").problems(),
            ];
            for problems in found {
                assert!(!problems.is_empty(), "{metadata}");
                let text = format!("{problems:?}");
                for part in ["s3cret", "S3CRET", "MIIC", "BEGIN", "LS0tLS1"] {
                    assert!(!text.contains(part), "{part} of {metadata} in {text}");
                }
            }
        }
    }
    for metadata in [
        format!("{{\"last_seq\": \"{0}\", \"private_key\": \"{0}\"}}", "s3cret".repeat(8)),
        format!("{{\"hls_sequence\": \"{}\"}}", "s3cret".repeat(8)),
    ] {
        let backups = file(&format!("{{\"a\": {metadata}}}")).unwrap();
        let text = format!("{:?}", backups.problems);
        assert!(!backups.problems.is_empty() && !text.contains("s3cret"), "{text}");
    }
    let world = World::new();
    for bytes in [b"{\"x\": \"s3cret\xff\"}".as_slice(), b"{\"x\": \"s3cret\0\"}"] {
        world.write("backup.json", bytes);
        let error = read_backup(&world.path().join("backup.json")).unwrap_err();
        assert!(!format!("{:?}", error.problems()).contains("s3cret"));
    }
    let backups = file(r#"{"a": {"last_seq": 1, "private_key": "s3cret"}}"#).unwrap();
    assert!(!format!("{backups:?}").contains("s3cret"));
}

#[test]
fn nothing_is_sent_where_others_could_read_the_answer() {
    let url: RemoteUrl = "http://me:hunter2@example.com/list".parse().unwrap();
    let error = load_metadata(&url, true, &NoFetch).unwrap_err();
    assert!(matches!(error, LoadError::Exposed { .. }), "{error:?}");
    let message = "http://example.com/list: private keys are not asked for over plain http, because \
                   require_https is set";
    assert_eq!(error.problems()[0].to_string(), message);

    let world = World::new();
    let mut app = world.app(r#"{"source_node": "http://me:hunter2@example.com/list"}"#);
    app.require_https = true;
    let lists = load_nodes(&app, Ask::of(Role::Source).with_metadata(), &NoFetch);
    assert!(matches!(lists.errors().next(), Some(LoadError::Exposed { .. })));
    let fetch = Says("[]".to_owned(), Mutex::default());
    let without = load_nodes(&app, Ask::of(Role::Source), &fetch);
    assert_eq!(without.errors().count(), 0, "the list alone holds no keys");
    app.require_https = false;
    let lists = load_nodes(&app, Ask::of(Role::Source).with_metadata(), &fetch);
    assert_eq!(lists.errors().count(), 0);
}

#[test]
fn an_app_config_that_cannot_be_used_keeps_its_word_all_the_same() {
    let world = World::new();
    for require in ["true", "\"yes\""] {
        let controller =
            format!(r#"{{"source_node": "http://example.com/list"}}, "require_https": {require}, "root": 5"#);
        let Err(LoadError::App { salvage, .. }) = world.load(world.app_text(&controller)) else {
            panic!("a root is there twice");
        };
        let lists = salvage.lists(Ask::of(Role::Source).with_metadata(), &NoFetch);
        assert!(matches!(lists.errors().next(), Some(LoadError::Exposed { .. })), "{require}");
    }
}
