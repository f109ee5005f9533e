//! A real browser, driven over WebDriver: Chromium without a window, which may reach nothing but what it is given.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, wd::WebDriverCompatibleCommand};
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

use crate::{ports::LOOK, serve::program::is_installed};

/// What a browser is started with beside what tests ask for: nothing of it speaks to anybody by itself.
const ARGUMENTS: [&str; 10] = [
    // It ends with who speaks to it.
    "--remote-debugging-pipe",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
];

/// Until when what must come to be in a page has come to be, however busy the machine.
const DEADLINE: Duration = Duration::from_mins(2);

/// Browsers that stand side by side take each other's time, and each goes on drawing for as long as it has to wait.
static TURN: Mutex<()> = Mutex::const_new(());

/// A browser with a page, the only one; the driver ends with it.
pub struct Browser {
    client: Client,
    _driver: Driver,
    _profile: tempfile::TempDir,
    _turn: MutexGuard<'static, ()>,
}

struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// One that ends with the test, be that by SIGKILL; none where it told no port.
    fn start() -> Option<Self> {
        let mut driver = Command::new("setpriv");
        driver
            .args(["--pdeathsig=TERM", "chromedriver", "--port=0"])
            // Where no locale is set it knows no names of files beyond ASCII.
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = driver.spawn().expect("setpriv is part of every Debian");
        let mut said = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let port = said.find_map(|line| {
            let line = line.expect("it speaks");
            line.rsplit_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()
        });
        if port.is_none() {
            child.wait().expect("it was started");
        }
        port.map(|port| Self { child, port })
    }
}

impl Drop for Driver {
    /// Asked to, it ends its browser too, which is left alone where it is killed.
    fn drop(&mut self) {
        if let Ok(mut asked) = TcpStream::connect(("127.0.0.1", self.port)) {
            let _ = asked.set_read_timeout(Some(Duration::from_secs(10)));
            let _ = asked.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            let _ = asked.read_to_end(&mut Vec::new());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command that WebDriver leaves to its makers.
#[derive(Debug)]
struct Vendor(&'static str, Value);

impl WebDriverCompatibleCommand for Vendor {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.0))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.1.to_string()))
    }
}

impl Browser {
    /// A browser of somebody who reads `language`; none where it is not installed, which in CI it must be.
    pub async fn start(language: &str) -> Option<Self> {
        if !is_installed("chromedriver") {
            return None;
        }
        let turn = TURN.lock().await;
        // The port that it takes of one family of addresses may be another test's of the other one: then it ends.
        let driver = (0..5).find_map(|_| Driver::start()).expect("chromedriver finds a port");
        let profile = tempfile::tempdir().unwrap();
        let own = [format!("--user-data-dir={}", profile.path().display()), format!("--accept-lang={language}")];
        let arguments: Vec<&str> = ARGUMENTS.into_iter().chain(own.iter().map(String::as_str)).collect();
        let wanted = json!({
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "unhandledPromptBehavior": "ignore",
        });
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(wanted.as_object().expect("it is one").clone())
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .expect("the browser starts");
        Some(Self { client, _driver: driver, _profile: profile, _turn: turn })
    }

    /// Shows a file, with what stands behind its name in the address.
    pub async fn open(&self, file: &Path, behind: &str) {
        let file = file.canonicalize().expect("the page is there");
        let url = url::Url::from_file_path(file).expect("an absolute path").join(behind).expect("an address");
        self.go(url.as_str()).await;
    }

    /// Shows what is at an address.
    pub async fn go(&self, url: &str) {
        self.client.goto(url).await.expect("the page opens");
    }

    /// Chooses files, or a folder, in a field of a form.
    pub async fn choose_files(&self, field: &str, paths: &[&Path]) {
        let field = self.client.find(fantoccini::Locator::Css(field)).await.expect("the field is there");
        let paths: Vec<&str> = paths.iter().map(|path| path.to_str().expect("it is UTF-8")).collect();
        field.send_keys(&paths.join("\n")).await.expect("the field takes them");
    }

    /// Drops files and folders in the middle of an element, as from another window.
    pub async fn drop_files(&self, element: &str, paths: &[&Path]) {
        let middle = format!(
            "(() => {{ const it = document.querySelector('{element}').getBoundingClientRect();
            return [it.x + it.width / 2, it.y + it.height / 2]; }})()"
        );
        let middle = self.tell(&middle).await;
        for kind in ["dragEnter", "dragOver", "drop"] {
            let data = json!({"items": [], "files": paths, "dragOperationsMask": 1});
            let event = json!({"type": kind, "x": middle[0], "y": middle[1], "data": data});
            self.protocol("Input.dispatchDragEvent", event).await;
        }
    }

    /// Presses what is there.
    pub async fn press(&self, element: &str) {
        let element = self.client.find(fantoccini::Locator::Css(element)).await.expect("it is there");
        element.click().await.expect("it can be pressed");
    }

    /// Waits until something is so, and what else it comes to; a page may be on its way.
    pub async fn until(&self, script: &str) -> Value {
        let looking = async {
            loop {
                match self.client.execute(&format!("return {script}"), Vec::new()).await {
                    Ok(told) if told != Value::Null && told != Value::Bool(false) => return told,
                    _ => tokio::time::sleep(LOOK).await,
                }
            }
        };
        if let Ok(told) = tokio::time::timeout(DEADLINE, looking).await {
            return told;
        }
        panic!("it never came to be: {script}; the page shows: {}", self.tell("document.body.innerText").await)
    }

    /// What a script comes to.
    pub async fn tell(&self, script: &str) -> Value {
        self.client.execute(&format!("return {script}"), Vec::new()).await.expect("the script runs")
    }

    pub async fn number(&self, script: &str) -> u64 {
        let told = self.tell(script).await;
        told.as_u64().unwrap_or_else(|| panic!("{script} is {told}"))
    }

    pub async fn text(&self, script: &str) -> String {
        let told = self.tell(script).await;
        told.as_str().unwrap_or_else(|| panic!("{script} is {told}")).to_owned()
    }

    /// A field of a form takes a value, as if somebody had chosen it.
    pub async fn choose(&self, name: &str, value: &str) {
        let script = "const field = document.querySelector(`[name=${arguments[0]}]`); field.value = arguments[1];
            field.dispatchEvent(new Event('input', {bubbles: true}));";
        self.client.execute(script, vec![name.into(), value.into()]).await.expect("the script runs");
    }

    /// What is written in the console since it was asked last: errors and warnings.
    pub async fn console(&self) -> Vec<String> {
        let log = self.vendor("se/log", json!({"type": "browser"})).await;
        let entries = log.as_array().expect("a list of entries").iter();
        entries.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// What was asked for over whatever network since it was asked last, but for the pages themselves; what a policy
    /// stopped was not.
    pub async fn requests(&self) -> Vec<String> {
        let log = self.vendor("se/log", json!({"type": "performance"})).await;
        let event = |entry: &Value| -> Value {
            let event: Value = serde_json::from_str(entry["message"].as_str().unwrap_or_default()).expect("it is JSON");
            event["message"].clone()
        };
        let events: Vec<Value> = log.as_array().expect("a list of entries").iter().map(event).collect();
        let of = |method: &'static str| events.iter().filter(move |it| it["method"] == method).map(|it| &it["params"]);
        let stopped = of("Network.loadingFailed").filter(|it| it["blockedReason"] == "csp");
        let stopped: Vec<&Value> = stopped.map(|it| &it["requestId"]).collect();
        // What the browser shows before is not ours.
        let ours = |it: &&Value| {
            it["documentURL"].as_str().is_some_and(|url| url.starts_with("file:") || url.starts_with("http:"))
        };
        let asked = of("Network.requestWillBeSent").filter(ours).filter(|it| it["type"] != "Document");
        let asked = asked.filter(|it| !stopped.contains(&&it["requestId"]));
        asked.map(|it| it["request"]["url"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Asks the browser itself, by its own protocol.
    pub async fn protocol(&self, method: &str, parameters: Value) -> Value {
        self.vendor("goog/cdp/execute", json!({"cmd": method, "params": parameters})).await
    }

    async fn vendor(&self, path: &'static str, body: Value) -> Value {
        self.client.issue_cmd(Vendor(path, body)).await.expect("the browser answers")
    }

    /// The page as it is printed, a PDF.
    pub async fn printed(&self, name: &str) -> Vec<u8> {
        let pdf = self.client.print(fantoccini::wd::PrintConfiguration::default()).await.expect("it is printed");
        std::fs::write(artefact(&format!("{name}.pdf")), &pdf).unwrap();
        pdf
    }

    /// Leaves a picture of what is shown among the build's artefacts, to be looked at.
    pub async fn picture(&self, name: &str) {
        let size = self.tell("[document.documentElement.clientWidth, document.documentElement.scrollHeight]").await;
        let clip = json!({"x": 0, "y": 0, "width": size[0], "height": size[1].as_u64().unwrap().min(3000), "scale": 1});
        let parameters = json!({"captureBeyondViewport": true, "clip": clip});
        let picture = self.protocol("Page.captureScreenshot", parameters).await;
        let bytes = base64::Engine::decode(
            &base64::engine::general_purpose::STANDARD,
            picture["data"].as_str().expect("a picture"),
        );
        std::fs::write(artefact(&format!("{name}.png")), bytes.unwrap()).unwrap();
    }

    /// As on a telephone.
    pub async fn narrow(&self) {
        let size = json!({"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true});
        self.protocol("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// As for somebody who likes it dark.
    pub async fn dark(&self) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": "dark"}]});
        self.protocol("Emulation.setEmulatedMedia", features).await;
    }

    /// As on paper.
    pub async fn paper(&self) {
        self.protocol("Emulation.setEmulatedMedia", json!({"media": "print"})).await;
    }

    /// Whether a dialogue stands open.
    pub async fn has_dialogue(&self) -> bool {
        self.client.get_alert_text().await.is_ok()
    }

    /// Ends it. One that is dropped instead ends with its driver.
    pub async fn close(self) {
        self.client.close().await.expect("it ends");
    }
}

/// Where what is to be looked at is left.
pub fn artefact(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}
