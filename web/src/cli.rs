//! The command line.

use std::{path::PathBuf, process::ExitCode};

use clap::{Arg, ArgAction, ArgMatches, Command};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::{
    accounts::{self, Email, NewStaff, Password, PersonName, Role},
    app::{self, App},
    clock::Clock,
    language::Language,
    settings::{self, Settings, table::TABLE},
};

pub fn run() -> ExitCode {
    let matches = command().get_matches();
    let outcome = match matches.subcommand() {
        Some(("serve", flags)) => with_settings(flags, serve),
        Some(("migrate", flags)) => with_settings(flags, migrate),
        Some(("create-staff", flags)) => new_staff(flags)
            .and_then(|new| with_settings(flags, |settings| create_staff(settings, new))),
        Some(("openapi", _)) => print_openapi(),
        _ => Ok(()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("closeup: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Command {
    Command::new("closeup")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Video consultations for a shop: appointments, calls, snapshots")
        .subcommand_required(true)
        .arg_required_else_help(true)
        // A script's flag can be given again by whoever calls the script; the last one counts.
        .args_override_self(true)
        .subcommand(
            Command::new("serve")
                .about("Start the server; prints one line of JSON once it is ready")
                .args(setting_flags()),
        )
        .subcommand(
            Command::new("migrate")
                .about("Bring the database up to date and stop (serve does it as well)")
                .args(setting_flags()),
        )
        .subcommand(
            Command::new("create-staff")
                .about("Add a staff member; the password is read from standard input")
                .arg(
                    Arg::new("staff-name").long("name").required(true).help("What they are called"),
                )
                .arg(Arg::new("email").long("email").required(true).help("What they sign in with"))
                .arg(
                    Arg::new("role")
                        .long("role")
                        .required(true)
                        .value_parser(clap::builder::EnumValueParser::<Role>::new())
                        .help("What they may do"),
                )
                .arg(
                    Arg::new("language")
                        .long("language")
                        .default_value("zh")
                        .value_parser(["zh", "en"])
                        .help("Which language their screens are in"),
                )
                .args(setting_flags()),
        )
        .subcommand(
            Command::new("openapi").about("Print the API's description (OpenAPI 3.1, JSON)"),
        )
}

/// One flag per setting, from the one table of settings.
fn setting_flags() -> Vec<Arg> {
    let config = Arg::new("config")
        .long("config")
        .value_name("FILE")
        .value_parser(clap::value_parser!(PathBuf))
        .help("Settings file (TOML); variables named CLOSEUP_… and flags win over it");
    let flags = TABLE.iter().map(|setting| {
        let flag = Arg::new(setting.name)
            .long(setting.name)
            .value_name("VALUE")
            .action(ArgAction::Set)
            .help_heading("Settings")
            .help(match setting.default {
                "" => setting.help.to_owned(),
                default => format!("{} [default: {default}]", setting.help),
            });
        // `--empty` alone means `--empty true`.
        match setting.default {
            "false" => flag.num_args(0..=1).require_equals(true).default_missing_value("true"),
            _ => flag,
        }
    });
    std::iter::once(config).chain(flags).collect()
}

fn load_settings(matches: &ArgMatches) -> anyhow::Result<Settings> {
    let flags: Vec<(String, String)> = TABLE
        .iter()
        .filter_map(|setting| {
            let value = matches.get_one::<String>(setting.name)?;
            Some((setting.key(), value.clone()))
        })
        .collect();
    let file = matches.get_one::<PathBuf>("config");
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Ok(settings::load(file.map(PathBuf::as_path), variables, &flags)?)
}

fn with_settings<F: Future<Output = anyhow::Result<()>>>(
    matches: &ArgMatches,
    run: impl FnOnce(Settings) -> F,
) -> anyhow::Result<()> {
    let settings = load_settings(matches)?;
    log_to_stderr(&settings.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(settings))
}

/// Standard output belongs to what programs read.
fn log_to_stderr(filter: &str) -> anyhow::Result<()> {
    use std::io::IsTerminal;
    // Each table's making is not worth a line; who wants it can still ask for it.
    let filter = EnvFilter::try_new(format!("sea_orm_migration=warn,{filter}"))?;
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_ansi(colours).with_writer(std::io::stderr);
    // To say that nobody reads what is logged, it would panic.
    log.log_internal_errors(false).with_env_filter(filter).init();
    Ok(())
}

async fn serve(settings: Settings) -> anyhow::Result<()> {
    crate::tls::install_crypto();
    crate::open_files::make_room(&settings);
    let app = App::build(settings).await?;
    let stopping = app.state().tasks.stopping.clone();
    // Before anybody is told that it is ready, and may stop it.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stopping.cancel();
        tracing::info!("stopping");
    });
    tracing::info!(url = app.url(), "ready");
    let ready = serde_json::json!({ "ready": true, "url": app.url(), "demo": app.demo() });
    println!("{ready}");
    app.serve().await
}

async fn migrate(settings: Settings) -> anyhow::Result<()> {
    let state = app::open(settings, Clock::system()).await?;
    state.database.close().await;
    Ok(())
}

fn new_staff(matches: &ArgMatches) -> anyhow::Result<NewStaff> {
    let text = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    let role = matches.get_one::<Role>("role").copied().unwrap_or(Role::Stylist);
    let language = if text("language") == "en" { Language::En } else { Language::Zh };
    let name = PersonName::parse(&text("staff-name")).map_err(anyhow::Error::msg)?;
    let email = Email::parse(&text("email")).map_err(anyhow::Error::msg)?;
    Ok(NewStaff { name, email, role, language, password: read_password()? })
}

fn read_password() -> anyhow::Result<Password> {
    use std::io::IsTerminal;
    if std::io::stdin().is_terminal() {
        eprint!("Password: ");
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Password::parse(line.trim_end_matches(['\r', '\n'])).map_err(anyhow::Error::msg)
}

async fn create_staff(settings: Settings, new: NewStaff) -> anyhow::Result<()> {
    let app = app::open(settings, Clock::system()).await?;
    let hash = app.passwords.hash(&new.password).await?;
    let write = app.database.write().await?;
    let staff = accounts::create(&write, new, hash, app.clock.now()).await?;
    let event = crate::outbox::Event::new("staff.changed", serde_json::json!({ "id": staff.id }));
    app.outbox.append(&write, event).await?;
    write.commit().await?;
    app.database.close().await;
    println!("{}", serde_json::to_string(&staff)?);
    Ok(())
}

fn print_openapi() -> anyhow::Result<()> {
    println!("{}", app::openapi().to_pretty_json()?);
    Ok(())
}
