//! The names of logs and caches, read back.

use acecast_reconcile::{Port, Role};

/// The port in `ROLE_node_PORT.log` or `ROLE_node_PORT.log.N`.
pub(super) fn log(name: &str) -> Option<Port> {
    let (stem, backup) = name.split_once(".log")?;
    let is_backup = |text: &str| {
        text.strip_prefix('.').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    if backup.is_empty() || is_backup(backup) { port(stem) } else { None }
}

/// The port in `ROLE_node_PORT_cache`.
pub(super) fn cache(name: &str) -> Option<Port> {
    port(name.strip_suffix("_cache")?)
}

/// The port in `ROLE_node_PORT`, written as acecast writes it.
fn port(stem: &str) -> Option<Port> {
    let digits = Role::ALL
        .into_iter()
        .find_map(|role| stem.strip_prefix(role.as_str()).and_then(|rest| rest.strip_prefix("_node_")))?;
    digits.parse().ok().filter(|port: &Port| port.to_string() == digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_acecast_gives() {
        let port = Port::try_from(8640).ok();
        for name in [
            "source_node_8640.log",
            "support_node_8640.log",
            "source_node_8640.log.1",
            "support_node_8640.log.12",
        ] {
            assert_eq!(log(name), port, "{name}");
        }
        for name in [
            "source_node_8640.log.gz",
            "source_node_8640.log.",
            "source_node_8640.log.1.gz",
            "source_node_8640.logs",
            "source_node_08640.log",
            "source_node_+8640.log",
            "source_node_0.log",
            "source_node_65536.log",
            "source_node_.log",
            "source_node_8640",
            "sauce_node_8640.log",
            "Source_node_8640.log",
            "xsource_node_8640.log",
            "source_node_8640_cache.log",
            "source_node_8640.log.log",
            "news.sauth",
            "",
        ] {
            assert_eq!(log(name), None, "{name}");
        }
        assert_eq!(cache("source_node_8640_cache"), port);
        assert_eq!(cache("support_node_8640_cache"), port);
        for name in
            ["source_node_8640_state", "source_node_8640_cache.bak", "source_node_8640_cache_cache", "_cache"]
        {
            assert_eq!(cache(name), None, "{name}");
        }
    }
}
