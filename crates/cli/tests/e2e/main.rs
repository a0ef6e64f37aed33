//! Stories, end to end: the built program against processes that behave as engines, stream servers and controllers do.
//!
//! Each test has a site of its own (see [`support`]): a folder, ports that nobody else uses, and the guarantee that
//! nothing is left running. Most stories end with planning again, which must find nothing to do.

#![allow(clippy::unwrap_used, reason = "helpers of tests unwrap, too")]

mod support;

mod adoption;
mod backup;
mod backup_damage;
mod backup_faults;
mod backup_folder;
mod broken_version;
mod chained_moves;
mod command_line;
mod crashes;
mod drift;
mod dry_run;
mod embedded;
mod explain;
mod following;
mod from_nothing;
mod guard;
mod interrupted;
mod keys;
mod locked;
mod logs;
mod lost_keys;
mod metadata;
mod monitor;
mod monitor_faults;
mod monitor_silent;
mod moves;
mod no_data;
mod one_port;
mod ports_taken;
mod prepared_first;
mod remote_config;
mod restart;
mod restore;
mod restore_folder;
mod restore_refused;
mod roles;
mod secrets;
mod start_wait;
mod start_wait_blind;
mod status;
mod stopping;
mod systemd_notify;
mod systemd_units;
mod tls;
mod transport;
mod unfinished;
mod watch;
mod with_ffmpeg;
mod wrapper_ends;
mod wrong_entries;
