//! Secrets in files of their own, and files with secrets that others can read.

use std::fs;
use std::os::unix::fs::symlink;

use acecast_config::{AppConfig, Ask, LoadError, Problem, load_nodes};
use acecast_reconcile::Secret;

use crate::world::{NoFetch, World, support, ts};

mod themselves;

/// An app config with these lines instead of its two secrets.
fn load(world: &World, secrets: &str) -> Result<(AppConfig, Vec<Problem>), LoadError> {
    let text = world.app_text("{}");
    let start = text.find("\"provider_key\"").unwrap();
    world.load(format!("{}\n{secrets}\n}}", text[..start].trim_end()))
}

/// What is said about such an app config.
#[track_caller]
fn check(world: &World, secrets: &str, expected: &str) {
    let problems = match load(world, secrets) {
        Ok((_, problems)) => problems,
        Err(error) => {
            assert!(!format!("{error:?} {error}").contains("s3cret"));
            error.problems()
        }
    };
    assert!(!format!("{problems:?}").contains("s3cret"), "{problems:?}");
    assert_eq!(world.text(&problems), expected);
}

#[test]
fn a_file_is_as_good_as_the_text() {
    let world = World::new();
    world.write("provider.key", "s3cret-provider\n");
    world.write("token", "s3cret-token");
    let token = world.path().join("token");
    let secrets = format!(
        r#""provider_key_file": "provider.key", "provider_key": null, "node_access_token_file": "{}""#,
        token.display()
    );
    let (app, problems) = load(&world, &secrets).unwrap();
    assert_eq!(problems, []);
    let shown = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.reveal().to_owned());
    assert_eq!(shown(&app.provider_key).as_deref(), Some("s3cret-provider"));
    assert_eq!(shown(&app.node_access_token).as_deref(), Some("s3cret-token"));
    assert!(!format!("{app:?}").contains("s3cret"));
}

#[test]
fn neither_is_none() {
    let (app, _) = load(&World::new(), r#""provider_key_file": null"#).unwrap();
    assert_eq!((app.provider_key, app.node_access_token), (None, None));
}

#[test]
fn both_are_one_too_many() {
    let world = World::new();
    world.write("key", "s3cret");
    check(
        &world,
        r#""provider_key": "s3cret", "provider_key_file": "key""#,
        "config.json:8:48: provider_key_file: provider_key is set, too; keep one of the two\n",
    );
}

#[test]
fn what_is_no_secret_is_said_precisely() {
    let world = World::new();
    world.write("empty", "\n");
    world.write("blank", " \n\n");
    world.write("lines", "s3cret\ns3cret\n");
    world.write("tab", "s3cret\t");
    world.write("bytes", b"s3cret\xff");
    world.write("large", "s".repeat((64 << 10) + 1));
    fs::create_dir(world.path().join("folder")).unwrap();
    symlink("nowhere", world.path().join("link")).unwrap();
    for (name, why) in [
        ("empty", "it is empty"),
        ("blank", "it holds nothing but blanks and line ends"),
        ("lines", "it has more than one line"),
        ("tab", r"it holds the control character \u{9}"),
        ("bytes", "it is not UTF-8 text"),
        ("large", "it is larger than 64 KiB"),
        ("folder", "it is a folder, not a regular file"),
        ("link", "it cannot be read: No such file or directory"),
        ("missing", "it cannot be read: No such file or directory"),
        ("key/x", "it cannot be read: No such file or directory"),
    ] {
        let expected = format!(
            "config.json:8:22: provider_key_file: cannot take the secret from {name}: {why}; expected one line of text\n"
        );
        check(&world, &format!(r#""provider_key_file": "{name}""#), &expected);
    }
    world.write("largest", "s".repeat(64 << 10));
    assert!(load(&world, r#""provider_key_file": "largest""#).is_ok());
}

#[test]
fn a_pipe_is_not_waited_for() {
    let world = World::new();
    let made = std::process::Command::new("mkfifo").arg(world.path().join("pipe")).status().unwrap();
    assert!(made.success());
    check(
        &world,
        r#""node_access_token_file": "pipe""#,
        "config.json:8:27: node_access_token_file: cannot take the secret from pipe: it is a FIFO, not a regular file; expected one \
         line of text\n",
    );
}

#[test]
fn the_kernels_own_files_are_not_waited_for() {
    // Reading it would wait for a message of the kernel's. Not everybody may open it.
    let path = "/proc/kmsg";
    if fs::File::open(path).is_ok() {
        let expected = format!(
            "config.json:8:22: provider_key_file: cannot take the secret from {path}: it is empty; expected one line of \
             text\n"
        );
        check(&World::new(), &format!(r#""provider_key_file": "{path}""#), &expected);
    }
}

#[test]
fn the_path_has_to_be_one() {
    check(
        &World::new(),
        r#""provider_key_file": 5"#,
        "config.json:8:22: provider_key_file: found a number, expected a path\n",
    );
}

#[test]
fn a_file_that_others_can_read_is_warned_of() {
    let world = World::new();
    world.write("key", "s3cret");
    for (mode, may) in [(0o644, "read"), (0o640, "read"), (0o604, "read"), (0o602, "change"), (0o610, "run")]
    {
        world.mode("key", mode);
        let expected = format!(
            "warning: config.json:8:22: provider_key_file: other users can {may} this file (mode {mode:04o}): chmod \
             600 key\n"
        );
        check(&world, r#""provider_key_file": "key""#, &expected);
    }
    for mode in [0o600, 0o400] {
        world.mode("key", mode);
        check(&world, r#""provider_key_file": "key""#, "");
    }
}

/// What is said about this app config, whose file others can read.
#[track_caller]
fn check_open(controller: &str, secrets: &str, expected: &str) {
    let world = World::new();
    world.write("key", "s3cret");
    let text = world.app_text(controller);
    let start = text.find("\"provider_key\"").unwrap();
    let text = format!("{}\n{secrets}\n}}", text[..start].trim_end());
    // A file keeps the mode that it has when it is written again.
    world.write("open.json", text);
    world.mode("open.json", 0o644);
    let path = world.path().join("open.json");
    let (_, problems) = acecast_config::load_app(&path, world.path(), &|_| None).unwrap();
    assert!(!format!("{problems:?}").contains("s3cret"), "{problems:?}");
    assert_eq!(world.text(&problems), expected);
}

#[test]
fn an_app_config_with_secrets_that_others_can_read_is_warned_of_once() {
    let expected = |at: &str| {
        format!(
            "warning: open.json:{at}: holds a secret, and other users can read this file (mode 0644): chmod 600 \
             open.json\n"
        )
    };
    let file = r#""provider_key_file": "key""#;
    check_open("{}", r#""provider_key": "s3cret""#, &expected("8:17: provider_key"));
    check_open("{}", r#""node_access_token": 123456"#, &expected("8:22: node_access_token"));
    check_open(
        r#"{"monitor": "https://me:s3cret@example.com/"}"#,
        r#""provider_key": "s3cret""#,
        &expected("4:31: controller.monitor"),
    );
    check_open(
        r#"{"source_node": "https://example.com/?list=a&access_token=s3cret"}"#,
        file,
        &expected("4:35: controller.source_node"),
    );
}

#[test]
fn an_app_config_without_secrets_is_everybodys_business() {
    check_open(r#"{"source_node": "https://example.com/?list=a"}"#, r#""provider_key_file": "key""#, "");
    check_open("{}", r#""provider_key": null"#, "");
}

#[test]
fn lists_in_files_are_looked_at_in_the_same_way() {
    let world = World::new();
    let secret = ts(&[("url", r#""http://192.0.2.1/news?token=s3cret""#)]);
    let lists = |sources: &str| {
        world.write("source.json", sources);
        world.write("support.json", format!("[{}]", support(&[])));
        world.mode("source.json", 0o644);
        world.mode("support.json", 0o644);
        let app = world.app(r#"{"source_node": "source.json", "support_node": "support.json"}"#);
        let lists = load_nodes(&app, Ask::both(), &NoFetch);
        let usable = lists.sources.as_ref().unwrap().as_ref().unwrap().nodes.len();
        (world.text(&lists.problems()), usable)
    };
    assert_eq!(lists(&format!("[{}]", ts(&[]))), (String::new(), 1));
    let (said, usable) = lists(&format!("[{secret}]"));
    assert_eq!(usable, 1, "a warning leaves no entry out");
    let path = "source.json";
    assert_eq!(
        said,
        format!(
            "warning: {path}:5:8: [0].url: holds a secret, and other users can read this file (mode 0644): chmod 600 \
             {path}\n"
        )
    );
}

#[test]
fn the_schema_of_editors_is_not_looked_at() {
    let world = World::new();
    check(&world, r#""$schema": "../schema/app.schema.json""#, "");
    check(&world, r#""$schema": 5"#, "");
    check(&world, r#""schema": 5"#, "warning: config.json:8:1: schema: unknown key, it is ignored\n");
}
