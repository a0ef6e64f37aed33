//! What private keys must not go over: connections that others can read.

use crate::app::{TEMPLATE, check};
use crate::world::World;

#[test]
fn private_keys_are_not_sent_in_the_clear_if_that_is_forbidden() {
    let https = "//,\"provider_key\": \"<provider_key>\"";
    check(
        https,
        ",\"require_https\": true",
        "config.json:12:30: controller.metadata_receiver: found http://example.com/source_node/post_data.php, but \
         require_https is set and private keys are sent there; expected an https URL\n",
    );
    check(https, ",\"require_https\": \"0\"", "");
    check(
        https,
        ",\"require_https\": \"yes\"",
        "config.json:29:23: require_https: found \"yes\", expected true or false\n",
    );
    let local = TEMPLATE.replace("http://example.com/source_node/post", "http://127.0.0.1:81/post");
    let (app, problems) = World::new().load(local.replace(https, ",\"require_https\": 1")).unwrap();
    assert_eq!((problems.len(), app.forbidden_receiver()), (0, None));
    let (app, _) = World::new().load(TEMPLATE.replace(https, ",\"require_https\": 1")).unwrap();
    assert_eq!(app.forbidden_receiver(), app.controller.metadata_receiver.as_ref());
}

#[test]
fn what_others_can_read_is_known_with_and_without_require_https() {
    let shown = |url: Option<&acecast_config::RemoteUrl>| url.map(ToString::to_string);
    let urls = |scheme: &str, require: &str| {
        let text = TEMPLATE.replace("http://example.com", &format!("{scheme}://example.com"));
        let (app, _) =
            World::new().load(text.replace("\n    //,\"node", &format!("\n    {require}//,\"node"))).unwrap();
        [shown(app.exposed_receiver()), shown(app.forbidden_receiver()), shown(app.exposed_metadata_source())]
    };
    let receiver = || Some("http://example.com/source_node/post_data.php".to_owned());
    let source = || Some("http://example.com/source_node/get_config.php".to_owned());
    assert_eq!(urls("http", ""), [receiver(), None, source()]);
    assert_eq!(urls("http", ",\"require_https\": true"), [receiver(), receiver(), source()]);
    assert_eq!(urls("https", ""), [None, None, None]);
    assert_eq!(urls("https", ",\"require_https\": true"), [None, None, None]);
    let world = World::new();
    let app = world.app(r#"{"source_node": "list.json"}"#);
    assert_eq!((app.exposed_metadata_source(), app.exposed_receiver()), (None, None));
    let app = world.app(r#"{"source_node": "http://[::1]/", "metadata_receiver": "http://localhost:80/"}"#);
    assert_eq!((app.exposed_metadata_source(), app.exposed_receiver()), (None, None));
}
