//! An engine folder as the vendor ships it: a wrapper script beside the program that it runs.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

/// What this program is, by the name under which it was called.
pub(crate) enum Role {
    /// Called `acestreamengine`.
    Engine,
    /// Called by the wrapper to delay the engine's birth.
    WaitForSpawn,
    /// Called by its own name.
    Sandbox,
}

const ENGINE: &str = "acestreamengine";
const WAIT: &str = "sandbox-wait";

/// Seen on engine 3.2.3: no exec, paths unquoted, the folder through `dirname $0`. What is done if
/// there is a script is the sandbox's: it stretches the moments before and after the wrapper's fork.
const WRAPPER: &str = r#"#!/bin/sh
DIR=$(dirname $0)
LD_LIBRARY_PATH=$DIR/lib
export LD_LIBRARY_PATH
if [ -f $DIR/sandbox.json ]; then
  $DIR/sandbox-wait before-fork
  ( $DIR/sandbox-wait after-fork; exec $DIR/acestreamengine "$@" )
else
  $DIR/acestreamengine "$@"
fi
exit $?
"#;

pub(crate) fn role_of(args: &[String]) -> Role {
    let name = args.first().map_or("", |arg| arg.rsplit('/').next().unwrap_or(arg));
    match name {
        ENGINE => Role::Engine,
        WAIT => Role::WaitForSpawn,
        _ => Role::Sandbox,
    }
}

/// The folder of the symlink as it was called, not of the program behind it.
pub(crate) fn home(args: &[String]) -> PathBuf {
    let called = args.first().map_or("", String::as_str);
    match Path::new(called).parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Makes `dir` an engine folder of the given version; an older one there is replaced.
pub(crate) fn engine(dir: &Path, version: &str) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let program = std::env::current_exe()?;
    for name in [ENGINE, WAIT] {
        let link = dir.join(name);
        match fs::remove_file(&link) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => symlink(&program, &link)?,
        }
    }
    fs::write(dir.join("version"), format!("{version}\n"))?;
    let wrapper = dir.join("start-engine");
    let beside = dir.join(".start-engine.new");
    {
        let mut file = File::create(&beside)?;
        file.write_all(WRAPPER.as_bytes())?;
        file.set_permissions(fs::Permissions::from_mode(0o755))?;
    }
    fs::rename(beside, wrapper)
}

#[cfg(test)]
mod tests {
    use super::{Role, home, role_of};

    #[test]
    fn the_name_decides_the_role() {
        let role = |name: &str| role_of(&[name.to_owned()]);
        assert!(matches!(role("/opt/ace/acestreamengine"), Role::Engine));
        assert!(matches!(role("sandbox-wait"), Role::WaitForSpawn));
        assert!(matches!(role("target/debug/acecast-sandbox"), Role::Sandbox));
    }

    #[test]
    fn home_is_the_folder_as_called() {
        assert_eq!(home(&["/opt/ace/acestreamengine".into()]).to_str(), Some("/opt/ace"));
        assert_eq!(home(&["acestreamengine".into()]).to_str(), Some("."));
    }
}
