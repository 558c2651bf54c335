//! The binary itself: what it prints, what it refuses, how it stops.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn closeup(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_closeup"));
    command.args(arguments);
    command
}

fn run(arguments: &[&str]) -> Output {
    closeup(arguments).output().unwrap()
}

struct Server {
    process: Child,
    ready: serde_json::Value,
    rest_of_output: BufReader<std::process::ChildStdout>,
}

impl Server {
    fn start(data: &Path, more: &[&str]) -> Self {
        let mut command = closeup(&["serve", "--port", "0", "--empty", "--data"]);
        command.arg(data).args(more);
        Self::spawn(command)
    }

    fn start_demo(data: &Path) -> Self {
        let mut command = closeup(&["serve", "--port", "0", "--data"]);
        command.arg(data);
        Self::spawn(command)
    }

    fn spawn(mut command: Command) -> Self {
        command.stderr(Stdio::null());
        Self::spawn_with_log(command)
    }

    fn spawn_with_log(mut command: Command) -> Self {
        command.stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut rest_of_output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        rest_of_output.read_line(&mut line).unwrap();
        Self { process, ready: serde_json::from_str(&line).unwrap(), rest_of_output }
    }

    fn port(&self) -> u16 {
        self.ready["url"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap()
    }

    /// As an init system would. Returns what else it printed.
    fn stop(mut self) -> String {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.process.wait().unwrap().success());
        let mut rest = String::new();
        self.rest_of_output.read_to_string(&mut rest).unwrap();
        rest
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn serve_prints_one_line_once_it_is_ready_and_stops_when_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data"), &[]);
    assert_eq!(server.ready["ready"], true);
    assert!(server.ready["demo"]["staff"].as_array().unwrap().is_empty());
    let mut connection = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    let request = "GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    connection.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(server.stop(), "");
}

/// Its pictures are painted one after the other, which takes a while: a kill in between must not
/// leave the shop with fewer of them for good.
#[test]
fn it_goes_on_and_stops_when_whoever_read_its_log_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = closeup(&["serve", "--port", "0", "--empty", "--data"]);
    command.arg(folder.path().join("data")).stderr(Stdio::piped());
    let mut server = Server::spawn_with_log(command);
    drop(server.process.stderr.take());
    server.stop();
}

#[test]
fn a_demo_shop_that_is_killed_while_it_is_made_is_whole_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    Server::start_demo(&whole).stop();
    let pictures = blobs(&whole);
    assert!(pictures > 20, "{pictures}");

    let mut first = closeup(&["serve", "--port", "0", "--data"])
        .arg(&killed)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while blobs(&killed) == 0 {
        assert!(first.try_wait().unwrap().is_none());
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(blobs(&killed) < pictures, "it was killed too late to tell anything");
    let server = Server::start_demo(&killed);
    assert_eq!(server.ready["demo"]["staff"].as_array().unwrap().len(), 4);
    server.stop();
    assert_eq!(blobs(&killed), pictures);
}

/// How many files the blob store of this data folder has.
fn blobs(data: &Path) -> usize {
    let Ok(folders) = std::fs::read_dir(data.join("blobs/sha256")) else { return 0 };
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap());
    files.filter(|file| !file.as_ref().unwrap().file_name().to_string_lossy().contains('#')).count()
}

#[test]
fn a_certificate_of_its_own_making_lets_it_speak_tls() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data, &["--tls", "self-signed"]);
    assert!(server.ready["url"].as_str().unwrap().starts_with("https://localhost:"));
    let made = std::fs::read(data.join("self-signed.crt")).unwrap();
    let mut connection = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    // A TLS server answers what is no TLS with an alert (record type 21), not with HTTP.
    connection.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let mut first = [0];
    connection.read_exact(&mut first).unwrap();
    assert_eq!(first, [21]);
    server.stop();
    Server::start(&data, &["--tls", "self-signed"]).stop();
    assert_eq!(std::fs::read(data.join("self-signed.crt")).unwrap(), made);
}

#[test]
fn a_wrong_setting_stops_the_start_with_a_sentence_that_names_it() {
    let refused = run(&["serve", "--tls", "maybe"]);
    assert!(!refused.status.success());
    let words = String::from_utf8(refused.stderr).unwrap();
    assert!(words.contains("`tls` cannot be `maybe`"), "{words}");
    let refused = closeup(&["serve"]).env("CLOSEUP_PROT", "1").output().unwrap();
    let words = String::from_utf8(refused.stderr).unwrap();
    assert!(words.contains("no setting named `prot` (did you mean `port`?)"), "{words}");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let refused = run(&["serve", "--port", &port, "--data", data]);
    assert!(!refused.status.success());
    let words = String::from_utf8(refused.stderr).unwrap();
    assert!(words.contains(&format!("127.0.0.1:{port} cannot be listened on")), "{words}");
}

#[test]
fn a_staff_member_is_created_with_the_password_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut command = closeup(&["create-staff", "--name", "Mei", "--email", "mei@shop.example"]);
    command.args(["--role", "owner", "--data"]).arg(&data);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    process.stdin.take().unwrap().write_all(b"correct horse\n").unwrap();
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let staff: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(staff["role"], "owner");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("horse"));
}

#[test]
fn help_lists_the_commands_and_every_setting() {
    let help = String::from_utf8(run(&["--help"]).stdout).unwrap();
    for command in ["serve", "migrate", "openapi", "create-staff"] {
        assert!(help.contains(command), "{help}");
    }
    let help = String::from_utf8(run(&["serve", "--help"]).stdout).unwrap();
    for setting in web::settings::table::TABLE {
        assert!(help.contains(&format!("--{}", setting.name)), "{help}");
    }
}

/// Which one it is, the order of archives at the linker decides; nothing else would tell if it were the
/// system's again.
#[test]
fn everything_in_the_program_allocates_by_mimalloc() {
    let program = env!("CARGO_BIN_EXE_closeup");
    let listed =
        Command::new("nm").args(["--dynamic", "--defined-only", program]).output().unwrap();
    let symbols = String::from_utf8(listed.stdout).unwrap();
    let is_its_own = |name| symbols.lines().any(|line| line.split(' ').next_back() == Some(name));
    for name in ["malloc", "calloc", "realloc", "free", "aligned_alloc", "posix_memalign"] {
        assert!(is_its_own(name), "{name} is the system's");
    }
}
