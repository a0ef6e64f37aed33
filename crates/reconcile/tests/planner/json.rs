use acecast_reconcile::testing::{World, source, support};
use acecast_reconcile::{Channel, Field, Value};
use serde_json::json;

/// One decision of each kind: the keys are the contract's, and nothing unknown is left out.
#[test]
fn every_action_has_the_keys_of_the_contract() {
    let world = World::new()
        .wants(source(8640, "new"))
        .wants(
            source(8641, "brodilo")
                .with(Field::Bitrate, 500_000)
                .with(Field::UploadTo, Value::set(["10.0.0.1:1"]))
                .channel(Channel::Beta)
                .secret(Field::ProviderKey, "hunter2"),
        )
        .runs(source(8641, "brodilo"))
        .runs(source(8642, "old"))
        .wants(source(8643, "kept").url("http://me:hunter2@h/x?token=hunter2"))
        .runs(source(8643, "kept").url("http://me:hunter2@h/x?token=hunter3"))
        .unknown(8644, acecast_reconcile::UnknownReason::PidFileGarbage);
    let found = serde_json::to_value(world.plan()).unwrap();
    let expected = json!({
        "changes": 3,
        "nodes": [
            {"action": "start", "role": "source", "port": 8640, "name": "new", "pid": null, "reason": "missing",
             "detail": "", "drift": [], "noted": [], "new_key": true},
            {"action": "restart", "role": "source", "port": 8641, "name": "brodilo", "pid": 18641,
             "reason": "drift", "detail": "", "drift": [
                {"field": "bitrate", "from": 400_000, "to": 500_000},
                {"field": "upload_to", "from": [], "to": ["10.0.0.1:1"]},
                {"field": "engine_version", "from": "stable", "to": "beta"},
                {"field": "provider_key", "from": null, "to": "changed"},
             ], "noted": [], "new_key": false},
            {"action": "stop", "role": "source", "port": 8642, "name": "old", "pid": 18642,
             "reason": "not_in_config", "detail": "", "drift": [], "noted": [], "new_key": false},
            {"action": "keep", "role": "source", "port": 8643, "name": "kept", "pid": 18643, "reason": "in_sync",
             "detail": "", "drift": [],
             "noted": [{"field": "url", "from": "http://h/x?token=****", "to": "http://h/x?token=****"}],
             "new_key": false},
            {"action": "held", "role": null, "port": 8644, "name": null, "pid": null, "reason": "pid_unknown",
             "detail": "pid file holds no pid", "drift": [], "noted": [], "new_key": false},
        ],
        "refused": null,
    });
    assert_eq!(found, expected, "{found:#}");
    assert!(!found.to_string().contains("hunter"));
}

#[test]
fn a_refusal_has_a_code_and_a_message() {
    let plan = World::new().runs(support(8640, "10.0.0.1:1")).plan();
    let found = serde_json::to_value(&plan).unwrap();
    let message = "the support list is empty and 1 running support node would be stopped; if that is meant, use \
                   --allow-mass-stop";
    assert_eq!(found["refused"], json!({"code": "empty_list", "message": message}));
}
