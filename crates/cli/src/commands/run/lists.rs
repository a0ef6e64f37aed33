//! Reading the config again and again, and asking the nodes how they are, beside the loop: a controller or a node that
//! hangs must not keep a dead node down.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use acecast_config::{Ask, Config};
use acecast_reconcile::Role;

use super::Wake;
use super::heard::Heard;
use crate::args::Global;
use crate::context::{Context, NoServer, list_failure};
use crate::failure::Failure;
use crate::last_lists::{Answers, Recorder};

/// What came of reading the config.
pub(super) struct Loaded {
    /// What the app config says by now, or said last.
    pub(super) context: Arc<Context>,
    pub(super) lists: Result<Config, Failure>,
    /// The lists of an earlier run, until this one has some to go by.
    pub(super) earlier: Option<Config>,
    /// What a start without the controller needs, once these lists count.
    pub(super) answers: Answers,
    /// What the nodes said, asked after the lists.
    pub(super) heard: Heard,
}

/// Reads the config whenever it is asked to.
pub(super) struct Loader {
    requests: Sender<()>,
    has_some: Arc<AtomicBool>,
}

impl Loader {
    /// Starts it; every answer is sent as a [`Wake::Lists`].
    pub(super) fn start(
        context: Arc<Context>,
        global: Global,
        role: Option<Role>,
        answers: Sender<Wake>,
    ) -> std::io::Result<Self> {
        let (requests, asked) = channel();
        let has_some = Arc::new(AtomicBool::new(false));
        let reader = Reader { context, global, role, has_some: Arc::clone(&has_some) };
        thread::Builder::new().name("lists".to_owned()).spawn(move || reader.answer(&asked, &answers))?;
        Ok(Loader { requests, has_some })
    }

    /// Asks for the config. An answer comes in any case.
    pub(super) fn ask(&self) {
        // The thread ends only when this end is gone.
        let _ = self.requests.send(());
    }

    /// There are lists to go by: an earlier run's are of no use any more.
    pub(super) fn has_some(&self) {
        self.has_some.store(true, Ordering::SeqCst);
    }
}

struct Reader {
    context: Arc<Context>,
    global: Global,
    role: Option<Role>,
    has_some: Arc<AtomicBool>,
}

impl Reader {
    fn answer(mut self, asked: &Receiver<()>, answers: &Sender<Wake>) {
        while asked.recv().is_ok() {
            // What was asked for several times meanwhile is answered once.
            while asked.try_recv().is_ok() {}
            if answers.send(Wake::Lists(Box::new(self.read()))).is_err() {
                break;
            }
        }
    }

    fn read(&mut self) -> Loaded {
        let lists = self.app().and_then(|()| self.lists());
        // Also beside lists that could be had: the guard may refuse them.
        let earlier = if self.has_some.load(Ordering::SeqCst) { None } else { self.earlier() };
        let (lists, answers) = lists.map_or_else(|e| (Err(e), Answers::default()), |(c, a)| (Ok(c), a));
        let heard = Heard::from_nodes(&self.context);
        Loaded { context: Arc::clone(&self.context), lists, earlier, answers, heard }
    }

    /// Reads the app config again. Whose nodes these are cannot change under a run.
    fn app(&mut self) -> Result<(), Failure> {
        let context = self.context.reload(&self.global)?;
        let (now, before) = (&context.app.dirs, &self.context.app.dirs);
        if now.pid != before.pid || now.state != before.state {
            let message =
                "dirs.pid or dirs.state has changed in the app config; this run goes on with the old ones";
            return Err(Failure::config("realm_changed", message).hint("end this run and start it again"));
        }
        self.context = Arc::new(context);
        Ok(())
    }

    /// The lists, and what servers answered.
    fn lists(&self) -> Result<(Config, Answers), Failure> {
        let context = &self.context;
        context.need_endpoint(self.role)?;
        let ask = Ask::of(self.role);
        let server: &dyn acecast_config::Fetch =
            if context.asks_a_server(ask) { context.remote()? } else { &NoServer };
        let recorder = Recorder::new(server);
        let lists = context.lists_by(ask, &recorder);
        let config = lists.into_config(context.app.clone()).map_err(list_failure)?;
        Ok((config, recorder.answers()))
    }

    /// What an earlier run kept.
    fn earlier(&self) -> Option<Config> {
        let answers = Answers::load(&self.context.app.dirs.state)?;
        let lists = self.context.lists_by(Ask::of(self.role), &answers);
        lists.into_config(self.context.app.clone()).ok()
    }
}
