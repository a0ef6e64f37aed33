//! Secrets that are given in the place of their file's path.

use super::{check, load};
use crate::world::World;

#[test]
fn the_secret_itself_is_no_path_and_is_not_shown() {
    let world = World::new();
    let pem = "-----BEGIN PRIVATE KEY-----\\ns3cret\\n-----END PRIVATE KEY-----";
    for key in [pem, "-----BEGIN s3cret", "LS0tLS1CRUdJTi s3cret"] {
        check(
            &world,
            &format!(r#""provider_key_file": "{key}""#),
            "config.json:8:22: provider_key_file: holds the key itself: put it in a file of its own and name that one, or \
             use provider_key\n",
        );
    }
    for secret in
        ["s3cret12", "s3cret==", "s3cret+4/U2xvd2x5", "0123456789abcdefs3cret", "s3crets3cret.s3crets3cret"]
    {
        check(
            &world,
            &format!(r#""node_access_token_file": "{secret}""#),
            "config.json:8:27: node_access_token_file: no file of this name can be used: it cannot be read: No such file or \
             directory; this looks like the secret itself: put it in a file of its own and name that one, or use \
             node_access_token\n",
        );
    }
    // A file that is there may be called like this.
    world.write("0123456789abcdee", "s3cret\ns3cret");
    check(
        &world,
        r#""provider_key_file": "0123456789abcdee""#,
        "config.json:8:22: provider_key_file: cannot take the secret from 0123456789abcdee: it has more than one line; \
         expected one line of text\n",
    );
    world.write("0123456789abcdef", "s3cret");
    check(&world, r#""provider_key_file": "0123456789abcdef""#, "");
    for path in ["secrets/provider1", "provider1.key", "provider", "/etc/acecast/keys/provider"] {
        let Err(error) = load(&world, &format!(r#""provider_key_file": "{path}""#)) else { panic!("{path}") };
        let said = world.text(&error.problems());
        assert!(said.contains(&format!("cannot take the secret from {path}: it cannot be read")), "{said}");
    }
}
