//! A program of its own on acecast's libraries: it makes a host run what a config asks for and reports each node, with
//! its own words and over its own transport.
//!
//! `cargo run -p acecast-engine --example embed -- CONFIG [REPORTS]`: the reports go to the file REPORTS, or to stdout.
//! Ending it at any moment does no harm: nodes go on, and the next run goes on from what it finds.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program prints")]

use std::error::Error;
use std::fs::{File, create_dir_all};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use acecast_config::{Ask, Config, UreqFetch, load_app, load_nodes, ureq};
use acecast_engine::apply::{
    ChildEnv, Host, NodeResult, Options, Progress, Report, Step, UnfinishedStops, apply,
};
use acecast_engine::lock::ApplyLock;
use acecast_engine::observe::{Observer, Snapshot, none_hidden};
use acecast_engine::realm::Realm;
use acecast_engine::redact::Redactor;
use acecast_engine::status::NodeClient;
use acecast_reconcile::{Decision, Plan, Policy, Role, plan};
use acecast_telemetry::{NodeType, Patience, Post, PostError, Receiver, Reply, monitor_document, send};

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let Some(config) = args.next() else {
        eprintln!("usage: embed CONFIG [REPORTS]");
        return ExitCode::from(2);
    };
    match run(&config, args.next().as_deref()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let causes = std::iter::successors(error.source(), |&cause| cause.source());
            eprintln!("error: {}", causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}")));
            ExitCode::FAILURE
        }
    }
}

/// True if everything that was planned has come about and every report was taken.
fn run(path: &Path, reports: Option<&Path>) -> Result<bool, Box<dyn Error>> {
    let config = read(path)?;
    let client = NodeClient::new();
    let observer = Observer::new(&config.app, &client);
    let matched = bring_about(&config, &observer)?;
    let transport = Lines(Mutex::new(match reports {
        Some(path) => Box::new(File::options().append(true).create(true).open(path)?),
        None => Box::new(io::stdout()),
    }));
    let reported = report_all(&config, &observer.observe(None)?, &transport)?;
    Ok(matched && reported)
}

/// Reads the app config and the lists that it points at. A list that cannot be read is no reason to stop anything.
fn read(path: &Path) -> Result<Config, Box<dyn Error>> {
    let variable = |name: &str| std::env::var(name).ok();
    let (app, warnings) = load_app(path, &std::env::current_dir()?, &variable)?;
    let fetch = UreqFetch::new(ureq::Agent::new_with_defaults());
    let lists = load_nodes(&app, Ask::both(), &fetch);
    for problem in warnings.iter().chain(&lists.problems()) {
        eprintln!("{}: {problem}", problem.severity);
    }
    Ok(lists.into_config(app).map_err(|_| "a list of nodes cannot be read; nothing was changed")?)
}

/// Locks, looks, plans and carries the plan out: in this order, so that nobody else changes what was seen.
fn bring_about(config: &Config, observer: &Observer<'_>) -> Result<bool, Box<dyn Error>> {
    none_hidden().map_err(|hidden| format!("{hidden}; nothing was changed"))?;
    let pid_dir = &config.app.dirs.pid;
    create_dir_all(pid_dir)?;
    let mut on_wait = |_| eprintln!("waiting for another run to end");
    let _lock = ApplyLock::acquire(pid_dir, Duration::from_secs(30), &|| false, &mut on_wait)?;
    let realm = Realm::open(pid_dir)?.ok_or("the pid dir has disappeared")?;
    let options = Options::new(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs());
    // What a run was stopping when it was killed would look like what stays.
    for (port, result) in
        UnfinishedStops::find(&config.app, &realm, options.stop_timeout)?.finish(options.parallel)
    {
        eprintln!("{port} {}, which a run that was killed had begun to stop", result.outcome);
    }
    let snapshot = observer.observe(Some(config))?;
    let plan = plan(&config.desired(), &snapshot.observed, &Policy::default());
    print!("{plan}");
    if let Some(refusal) = &plan.refused {
        return Err(format!("{refusal}; nothing was changed").into());
    }
    let env = ChildEnv::from_vars(std::env::vars_os());
    let host = Host::new(config, &realm, observer.client, &env);
    let report = apply(&host, &plan, &snapshot, &options, &Steps, &|| false);
    show(config, &snapshot, &plan, &report);
    Ok(report.is_good())
}

/// Tells every step. Several threads do, so a line is printed as a whole.
struct Steps;

impl Progress for Steps {
    fn step(&self, decision: &Decision, step: Step) {
        eprintln!("{} … {}", decision.port, step.as_str());
    }

    fn done(&self, decision: &Decision, result: &NodeResult) {
        eprintln!("{} {}", decision.port, result.outcome);
    }
}

/// Prints what became of each decision. What engines and files say may hold secrets, also those of nodes that ran
/// before with an older config.
fn show(config: &Config, snapshot: &Snapshot, plan: &Plan, report: &Report) {
    let own = config.app.provider_key.iter().chain(&config.app.node_access_token);
    let running = snapshot.observed.nodes.iter().flat_map(|node| node.secrets.values().flatten());
    let redactor = Redactor::new(own.chain(running));
    for (decision, result) in plan.decisions.iter().zip(&report.results) {
        println!("{} {}", decision.port, result.outcome);
        for said in result.error.iter().chain(&result.notes) {
            println!("  {}", redactor.clean(said));
        }
        for line in redactor.clean_lines(&result.log.join("\n")) {
            println!("  | {line}");
        }
    }
    for problem in &report.problems {
        println!("{}", redactor.clean(problem));
    }
}

/// A transport: whatever takes a document and says whether it has it. This one writes documents down, one after the
/// other; a queue, a socket or another HTTP client would do as well.
struct Lines(Mutex<Box<dyn Write + Send>>);

impl Post for Lines {
    fn post(&self, _to: &Receiver, body: &[u8], _deadline: Instant) -> Result<Reply, PostError> {
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = out.write_all(&[body, b"\n"].concat()).and_then(|()| out.flush());
        // Not `Connection`, which would be tried again: half of the document may be written already.
        written.map_err(|error| PostError::Other(error.to_string()))?;
        Ok(Reply::new(200))
    }
}

/// Sends the status of every node that answers to `controller.monitor`, if that is set.
fn report_all(config: &Config, snapshot: &Snapshot, transport: &dyn Post) -> Result<bool, Box<dyn Error>> {
    let Some(monitor) = &config.app.controller.monitor else { return Ok(true) };
    let to = Receiver::new(monitor.reveal())?;
    let patience = Patience::until(Instant::now() + Duration::from_secs(30));
    let wait = |pause: Duration| {
        std::thread::sleep(pause);
        true
    };
    let mut all_sent = true;
    for node in &snapshot.observed.nodes {
        let answer = snapshot.facts.get(&node.processes).and_then(|facts| facts.answer.as_ref());
        let (Some(answer), Some(role)) = (answer, node.identity.role()) else { continue };
        let node_type = match role {
            Role::Source => NodeType::Source,
            Role::Support => NodeType::Support,
        };
        let document = monitor_document(answer.text(), node.port.get(), node_type)?;
        match send(transport, &to, document.as_bytes(), &patience, &wait) {
            Ok(sent) => eprintln!("{} reported, attempts: {}", node.port, sent.attempts),
            Err(error) => {
                eprintln!("{} not reported to {to}: {error}", node.port);
                all_sent = false;
            }
        }
    }
    Ok(all_sent)
}
