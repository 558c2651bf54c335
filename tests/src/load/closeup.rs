//! The real server, spoken to as our own clients do: staff join an appointment's call, a customer
//! comes by link into the waiting room and is admitted.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use anyhow::{Context, ensure};
use chrono::{DateTime, Duration, SecondsFormat};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::task::JoinHandle;

use super::case::{Case, Place};
use super::client::{Client, Running};
use super::clock;
use super::process::Process;
use super::publishing::Broadcast;
use super::tally::Window;
use crate::native::Socket;
use crate::persona::Persona;

const PASSWORD: &str = "look closely 2026";
/// The second to come into a call is its customer; all others are stylists.
const CUSTOMER: usize = 1;
const HEARTBEAT: std::time::Duration = std::time::Duration::from_secs(4);

pub struct Closeup {
    pub process: Process,
    base: String,
    address: IpAddr,
    stylists: Vec<Persona>,
    rooms: Vec<Booked>,
    sockets: Vec<JoinHandle<()>>,
    data: TempDir,
}

struct Booked {
    appointment: String,
    link: String,
    host: Option<Socket>,
    /// The customer, in the waiting room, and how the call names them.
    waiting: Option<(Socket, Value)>,
}

impl Closeup {
    /// Starts the server with a shop that has an appointment for each room, open now.
    pub async fn start(binary: &Path, address: IpAddr, case: &Case) -> anyhow::Result<Self> {
        let data = tempfile::tempdir()?;
        let owner = hire_owner(binary, data.path()).await?;
        let (process, base) = serve(binary, data.path(), SocketAddr::new(address, 0)).await?;
        let owner = Persona::signed_in(&base, &owner, PASSWORD).await;
        let (stylists, rooms) = (Vec::new(), Vec::new());
        let mut server =
            Self { process, base, address, stylists, rooms, sockets: Vec::new(), data };
        server.furnish(&owner, case).await?;
        server.begin_anew(binary).await?;
        Ok(server)
    }

    /// Another process where the first was: checking passwords takes much memory, which is given back only
    /// when there is something to do, and would make the first participants look cheap.
    async fn begin_anew(&mut self, binary: &Path) -> anyhow::Result<()> {
        let at = self.base.trim_start_matches("http://").trim_end_matches('/').parse()?;
        self.process.stop().await?;
        (self.process, self.base) = serve(binary, self.data.path(), at).await?;
        Ok(())
    }

    /// Brings a participant into its call.
    pub async fn join(
        &mut self,
        case: &Case,
        place: Place,
        broadcast: Option<Broadcast>,
        window: &Window,
    ) -> anyhow::Result<Running> {
        let running = self.enter(case, place, broadcast, window).await?;
        if place.member == CUSTOMER {
            self.admit(place.room).await?;
        }
        Ok(running)
    }

    /// Brings a stylist into the call, or the customer into its waiting room.
    pub async fn enter(
        &mut self,
        case: &Case,
        place: Place,
        broadcast: Option<Broadcast>,
        window: &Window,
    ) -> anyhow::Result<Running> {
        let mut client = Client::prepared(self.address, place.sources(case), broadcast)?;
        let offer = json!({ "offer": client.offer()? });
        let is_customer = place.member == CUSTOMER;
        let before = usize::from(place.member > CUSTOMER);
        let stylist = place.room * (case.members() - 1) + place.member - before;
        let booked = &self.rooms[place.room];
        let mut socket = if is_customer {
            let customer = Persona::with_link(&self.base, &booked.link);
            let mut socket = Socket::open(&customer).await;
            socket.join_by_link(customer.link().unwrap_or_default(), offer).await;
            socket
        } else {
            let mut socket = Socket::open(&self.stylists[stylist]).await;
            socket.join_appointment(&booked.appointment, offer).await;
            socket
        };
        let joined = socket.expect("joined").await;
        client.accept(joined["answer"].as_str().context("an offer is answered")?)?;
        let booked = &mut self.rooms[place.room];
        match &mut booked.host {
            _ if is_customer => booked.waiting = Some((socket, joined["you"]["id"].clone())),
            host @ None => *host = Some(socket),
            Some(_) => self.sockets.push(tokio::spawn(keep(socket))),
        }
        Ok(client.run(window.clone()))
    }

    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.sockets.iter().for_each(JoinHandle::abort);
        self.process.stop().await
    }

    /// The stylist lets the customer in. When that was said, in nanoseconds since the Unix epoch.
    pub async fn admit(&mut self, room: usize) -> anyhow::Result<u64> {
        let booked = &mut self.rooms[room];
        let mut host = booked.host.take().context("a stylist is in the call")?;
        let (mut customer, participant) = booked.waiting.take().context("a customer waits")?;
        loop {
            let seen = host.expect("participant").await;
            if seen["id"] == participant {
                ensure!(seen["place"] == "lobby", "customers wait to be let in");
                break;
            }
        }
        let said = clock::wall();
        host.send(&json!({ "type": "admit", "participant": participant })).await;
        customer.expect("placed").await;
        self.sockets.extend([host, customer].map(|socket| tokio::spawn(keep(socket))));
        Ok(said)
    }

    async fn furnish(&mut self, owner: &Persona, case: &Case) -> anyhow::Result<()> {
        for number in 0..case.rooms * (case.members() - 1) {
            let email = format!("stylist{number}@example.com");
            let stylist = json!({ "name": format!("Stylist {number}"), "email": email,
                "role": "stylist", "language": "en", "password": PASSWORD });
            owner.post("/api/v1/staff", &stylist).await.expect(201);
            self.stylists.push(Persona::signed_in(&self.base, &email, PASSWORD).await);
        }
        let service = json!({ "name": { "zh": "视频咨询", "en": "Video consultation" },
            "length_minutes": 20, "kind": "video" });
        let service = owner.post("/api/v1/services", &service).await.expect(201).json();
        for room in 0..case.rooms {
            let customer = json!({ "name": format!("Customer {room}"),
                "phone": format!("+86138000{room:05}"), "language": "zh", "notes": "" });
            let customer = owner.post("/api/v1/customers", &customer).await.expect(201).json();
            let stylist = &self.stylists[room * (case.members() - 1)];
            let now = DateTime::from_timestamp_nanos(clock::wall() as i64);
            let starts_at = now + Duration::minutes(5);
            let appointment = json!({ "kind": "video", "service_id": service["id"],
                "stylist_id": stylist.staff["id"], "customer_id": customer["id"],
                "starts_at": starts_at.to_rfc3339_opts(SecondsFormat::Millis, true) });
            let reply = owner.post("/api/v1/appointments", &appointment).await;
            let booked = reply.expect(201).json();
            let text =
                |name: &str| booked[name].as_str().map(str::to_owned).context("it is booked");
            let (appointment, link) = (text("id")?, text("customer_link")?);
            self.rooms.push(Booked { appointment, link, host: None, waiting: None });
        }
        Ok(())
    }
}

/// Returns once it is ready, with its address.
async fn serve(binary: &Path, data: &Path, at: SocketAddr) -> anyhow::Result<(Process, String)> {
    let mut command = Command::new(binary);
    command.args(["serve", "--empty", "--port", &at.port().to_string(), "--host"]);
    command.arg(at.ip().to_string()).arg("--media-addresses").arg(at.ip().to_string());
    command.args(["--link-opens-minutes", "1440", "--log", "warn", "--data"]).arg(data);
    let (process, ready) = Process::telling(command, &data.join("log")).await?;
    let ready: Value = serde_json::from_str(&ready)?;
    let base = ready["url"].as_str().context("the server says where it is")?.to_owned();
    Ok((process, base))
}

async fn hire_owner(binary: &Path, data: &Path) -> anyhow::Result<String> {
    use tokio::io::AsyncWriteExt;
    let email = "owner@example.com";
    let mut child = Command::new(binary)
        .args(["create-staff", "--name", "Owner", "--email", email, "--role", "owner", "--data"])
        .arg(data)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .with_context(|| format!("{} could not be started", binary.display()))?;
    let mut input = child.stdin.take().context("its input is piped")?;
    input.write_all(format!("{PASSWORD}\n").as_bytes()).await?;
    drop(input);
    ensure!(child.wait().await?.success(), "no owner could be added");
    Ok(email.to_owned())
}

/// Reads what the server says, and keeps the seat.
async fn keep(mut socket: Socket) {
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    loop {
        tokio::select! {
            message = socket.next() => if message.is_err() { return },
            _ = heartbeat.tick() => socket.send(&json!({ "type": "ping" })).await,
        }
    }
}
