//! `restore-metadata`, which starts no node.

use std::fs;

use serde_json::json;

use super::{AT_ONCE, steps};
use crate::many;
use crate::support::{Running, Site, all_outcomes, key, names, ts_metadata};

/// Killed while keys are put back from a folder, one of them over another key: at every moment each stream has a whole
/// key or the damaged one that it had, no key is lost, and the next run ends it.
#[test]
fn killed_at_every_step_of_a_restore_that_replaces_a_key() {
    let host = || {
        let site = Site::new();
        site.keep_ts("news", &key('A'), 9000);
        site.keep_ts("sport", &key('C')[..300], 5);
        fs::create_dir(site.path("backup")).unwrap();
        for (uid, letter) in [("news", 'B'), ("sport", 'C')] {
            let text = json!({uid: ts_metadata(&key(letter), 6)}).to_string();
            fs::write(site.path("backup").join(uid).with_extension("json"), text).unwrap();
        }
        site
    };
    let restore = |site: &Site, die_at: u64| {
        let args = ["restore-metadata", "--from", "backup", "--replace-key", "news", "-o", "json"];
        let mut command = site.command(&args);
        command.env("ACECAST_DIE_AT", die_at.to_string());
        Running::start(command).wait()
    };
    let site = host();
    let cases = steps(&restore(&site, 0).exit(0));
    assert!(cases.len() > 15, "a restore has more steps than {}", cases.len());
    restored(&site);
    drop(site);
    many::cases(&cases, AT_ONCE, |case| {
        let site = host();
        let ran = restore(&site, case.n);
        assert!(ran.code.is_none(), "{case}: it was not killed\n{ran}");
        let [news, sport] = ["news.sauth", "sport.sauth"].map(|name| site.kept(name));
        assert!(news == key('A') || news == key('B'), "{case}: {news:?}");
        assert!(sport == key('C')[..300] || sport == key('C'), "{case}: {sport:?}");
        assert!(news == key('A') || is_kept(&site, "news.sauth.replaced-", &key('A')), "{case}");
        assert!(is_kept(&site, "news.restart", "9000"), "{case}: the old number is lost");
        restore(&site, 0).exit(0);
        restored(&site);
    });
}

/// A file whose name begins so holds this.
fn is_kept(site: &Site, start: &str, text: &str) -> bool {
    let names = site.kept_names();
    names.iter().filter(|name| name.starts_with(start)).any(|name| site.kept(name) == text)
}

#[track_caller]
fn restored(site: &Site) {
    let kept = ["news.sauth", "news.restart", "sport.sauth", "sport.restart"].map(|name| site.kept(name));
    assert_eq!(kept, [key('B'), "6".to_owned(), key('C'), "6".to_owned()]);
    assert!(is_kept(site, "news.sauth.replaced-", &key('A')), "{:?}", site.kept_names());
    assert!(is_kept(site, "news.restart.replaced-", "9000"), "{:?}", site.kept_names());
    assert!(is_kept(site, "sport.sauth.damaged-", &key('C')[..300]), "{:?}", site.kept_names());
    let again = site.json(&["restore-metadata", "--from", "backup", "--replace-key", "news"], 0);
    assert_eq!(all_outcomes(&again), ["news unchanged", "sport unchanged"]);
    assert_eq!(names(&site.path("backup")), ["news.json", "sport.json"]);
}
