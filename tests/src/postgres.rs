//! One PostgreSQL for all test processes that need it, and an empty database for each story.
//!
//! Whoever comes first makes and starts the cluster. Every process that uses it holds a shared
//! lock, which the kernel takes back however the process ends; a watcher that finds nobody holding
//! it stops the cluster and removes it. `TEST_POSTGRES_URL` names a server to use instead.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use sea_orm::{ConnectionTrait, Database};

/// The URL of a new, empty database.
pub async fn new_database() -> String {
    let server = server();
    let name = format!("story_{}", uuid::Uuid::new_v4().simple());
    let connection = Database::connect(format!("{server}/postgres")).await.unwrap();
    connection.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    connection.close().await.unwrap();
    format!("{server}/{name}")
}

/// The server's URL without a database, e.g. `postgres://closeup@127.0.0.1:40123`.
fn server() -> &'static str {
    static SERVER: OnceLock<(String, Option<File>)> = OnceLock::new();
    let (url, _kept_for_its_lock) =
        SERVER.get_or_init(|| match std::env::var("TEST_POSTGRES_URL") {
            Ok(url) => (url, None),
            Err(_) => {
                let (url, user) = Cluster::shared().join();
                (url, Some(user))
            }
        });
    url
}

struct Cluster {
    folder: PathBuf,
}

impl Cluster {
    fn shared() -> Self {
        let user = std::env::var("USER").unwrap_or_else(|_| "nobody".to_owned());
        let folder = std::env::temp_dir().join(format!("closeup-tests-postgres-{user}"));
        std::fs::create_dir_all(&folder).unwrap();
        Self { folder }
    }

    /// Starts the cluster unless it runs, and counts this process among its users for as long as
    /// the file is open.
    fn join(&self) -> (String, File) {
        let gate = self.open("gate");
        gate.lock().unwrap();
        let user = self.open("users");
        user.lock_shared().unwrap();
        let port = self.running_on().unwrap_or_else(|| self.start());
        (format!("postgres://closeup@127.0.0.1:{port}"), user)
    }

    fn open(&self, name: &str) -> File {
        let path = self.folder.join(name);
        File::options().create(true).append(true).open(path).unwrap()
    }

    fn running_on(&self) -> Option<u16> {
        let port = std::fs::read_to_string(self.folder.join("port")).ok()?.trim().parse().ok()?;
        std::net::TcpStream::connect(("127.0.0.1", port)).ok().map(|_| port)
    }

    fn start(&self) -> u16 {
        let port = free_port();
        let data = self.folder.join("data");
        let _ = std::fs::remove_dir_all(&data);
        std::fs::create_dir(&data).unwrap();
        give_to_server(&data);
        std::fs::set_permissions(&data, PermissionsExt::from_mode(0o700)).unwrap();
        run(program("initdb").arg("-D").arg(&data).args(INIT));
        let options = format!("-p {port} {SETTINGS}");
        let log = data.join("log");
        run(program("pg_ctl")
            .arg("-D")
            .arg(&data)
            .arg("-l")
            .arg(log)
            .args(["-o", &options, "-w", "start"]));
        std::fs::write(self.folder.join("port"), port.to_string()).unwrap();
        self.watch(&data);
        port
    }

    /// Leaves a process behind that stops the cluster when its last user is gone.
    fn watch(&self, data: &Path) {
        let mut watcher = Command::new("sh");
        watcher.args(["-c", WATCHER, "watcher"]).arg(&self.folder).arg(data).process_group(0);
        watcher.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // It outlives this process on purpose, so nobody waits for it.
        #[expect(clippy::zombie_processes, reason = "it outlives its parent")]
        watcher.spawn().unwrap();
    }
}

const INIT: [&str; 6] = ["-U", "closeup", "--auth=trust", "--no-sync", "-E", "UTF8"];
const SETTINGS: &str = "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off \
    -c full_page_writes=off -c max_connections=400 -c shared_buffers=64MB";

/// Newcomers pass the gate before they count as users, so nobody can come in between the watcher's
/// look and its stop.
const WATCHER: &str = r#"
while sleep 3; do
  exec 8>>"$1/gate" && flock 8
  exec 9>>"$1/users"
  if flock --nonblock 9; then
    kill -QUIT "$(head -n 1 "$2/postmaster.pid")"
    while [ -e "$2/postmaster.pid" ]; do sleep 0.1; done
    rm -rf "$2" "$1/port"
    exit
  fi
  exec 9>&- 8>&-
done
"#;

/// PostgreSQL refuses to run as root: it then runs as the user of Debian's package.
fn server_user() -> Option<(u32, u32)> {
    let me = std::fs::metadata("/proc/self").ok()?;
    if std::os::unix::fs::MetadataExt::uid(&me) != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    let line = users.lines().find(|line| line.starts_with("postgres:"))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

fn give_to_server(folder: &Path) {
    if let Some((uid, gid)) = server_user() {
        std::os::unix::fs::chown(folder, Some(uid), Some(gid)).unwrap();
    }
}

fn program(name: &str) -> Command {
    let mut command = Command::new(executable(name));
    if let Some((uid, gid)) = server_user() {
        command.uid(uid).gid(gid);
    }
    command.current_dir("/").env("LC_ALL", "C.UTF-8");
    command
}

/// Debian keeps PostgreSQL's programs out of the search path.
fn executable(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|version| version.path().join("bin").join(name));
    debian.filter(|path| path.exists()).max().unwrap_or_else(|| PathBuf::from(name))
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed: {said}");
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
