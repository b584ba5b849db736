#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.hpp"
#include "live_exchange.hpp"

namespace hts::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t symbols = 1'000;
constexpr std::uint64_t minutes = 60;
constexpr const char* strategies_json =
    R"([{"strategy_name":"sma_cross"},{"strategy_name":"ema_cross"},{"strategy_name":"rsi_reversal"},{"strategy_name":"macd"},{"strategy_name":"donchian"}])";

/// `hts serve` in the folder, with these settings more. It dies with this thread.
class Daemon {
 public:
  Daemon(const fs::path& folder, const std::vector<std::string>& settings) : folder_(folder) {
    fs::remove(folder_ / "port");
    std::vector<std::string> words{HTS_PROGRAM,   "serve", "--http.port",  "0",
                                   "--port-file", "port",  "--state.root", "state",
                                   "--data.root", "data"};
    words.insert(words.end(), settings.begin(), settings.end());
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const std::string out = (folder / "out").string();
    pid_ = fork();
    if (pid_ < 0) fail("hts could not be started");
    if (pid_ > 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int output = open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (chdir(folder.c_str()) != 0 || dup2(output, STDOUT_FILENO) < 0 ||
        dup2(output, STDERR_FILENO) < 0) {
      _exit(126);
    }
    execv(argv.front(), argv.data());
    _exit(127);
  }
  ~Daemon() { kill_now(); }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  void kill_now() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  /// The answer with its head; empty: none yet.
  [[nodiscard]] std::string ask(const std::string& method, const std::string& target,
                                const std::string& body = "") const {
    std::uint16_t port = 0;
    std::ifstream(folder_ / "port") >> port;
    if (port == 0) return {};
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      const std::string request =
          method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
          "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
          "\r\n\r\n" + body;
      (void)send(socket, request.data(), request.size(), MSG_NOSIGNAL);
      char bytes[16'384];
      for (;;) {
        const auto got = recv(socket, bytes, sizeof bytes, 0);
        if (got <= 0) break;
        answer.append(bytes, static_cast<std::size_t>(got));
      }
    }
    close(socket);
    return answer;
  }
  /// Until the answer holds the words. Seconds that it took.
  double wait_for(const std::string& target, const std::string& words) const {
    const std::int64_t began = monotonic_now();
    const auto took = [&] { return static_cast<double>(monotonic_now() - began) / 1e9; };
    while (took() < 120) {
      if (ask("GET", target).find(words) != std::string::npos) return took();
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    fail("the daemon does not say " + words + ", but: " + ask("GET", target));
  }
  [[nodiscard]] double resident() const { return resident_megabytes(std::to_string(pid_)); }

 private:
  fs::path folder_;
  pid_t pid_ = -1;
};

std::string session() {
  std::string list;
  std::string each;
  for (std::uint64_t i = 0; i < symbols; ++i) {
    const std::string name = "\"S" + std::to_string(i) + "_USDT\"";
    list += (i == 0 ? "" : ",") + name;
    each += (i == 0 ? "" : ",") + name + ":" + strategies_json;
  }
  return R"({"symbols":[)" + list + R"(],"strategies":{)" + each +
         R"(},"portfolio":{"cash":1000000000}})";
}

/// An hour of the market that ends now, as a recording.
void record(const fs::path& path) {
  const time::Timestamp begin =
      std::chrono::floor<std::chrono::minutes>(std::chrono::system_clock::now()) -
      std::chrono::minutes{minutes + 1};
  std::ofstream file(path);
  std::string line;
  for (std::uint64_t minute = 0; minute < minutes; ++minute) {
    for (std::uint64_t i = 0; i < symbols; ++i) {
      const std::uint64_t number = minute * symbols + i;
      const time::Timestamp time =
          begin + std::chrono::minutes{minute} + std::chrono::milliseconds{i};
      line = std::to_string(time.time_since_epoch().count()) + ' ';
      append_trade(line, i, time, number + 1, 1 + number % 7);
      file << line << '\n';
    }
  }
}

/// The value behind `"name":` in an answer.
std::uint64_t number_in(const std::string& answer, const std::string& name) {
  const auto at = answer.find("\"" + name + "\":");
  return at == std::string::npos
             ? 0
             : std::strtoull(answer.c_str() + at + name.size() + 3, nullptr, 10);
}

}  // namespace

Crowd measure_crowd() {
  const Place place;
  record(place.path / "hour");
  Crowd crowd;
  {
    Daemon daemon(place.path, {"--feed.source", "replay:hour", "--feed.speed", "600"});
    (void)daemon.wait_for("/health", "200 OK");
    const std::string begun = daemon.ask("POST", "/api/simulation/start", session());
    if (begun.find("200 OK") == std::string::npos) fail("no session: " + begun);
    const std::int64_t began = monotonic_now();
    while (number_in(daemon.ask("GET", "/api/simulation/status"), "bars") + 3 < minutes) {
      if (monotonic_now() - began > 120'000'000'000) {
        fail("bars do not come: " + daemon.ask("GET", "/api/simulation/status"));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    crowd.resident_megabytes = daemon.resident();
    daemon.kill_now();
  }
  LoopbackExchange exchange;
  const std::string address = "127.0.0.1:" + std::to_string(exchange.port());
  const std::int64_t began = monotonic_now();
  Daemon again(place.path, {"--feed.source", "binance", "--feed.url", "ws://" + address,
                            "--feed.history_url", "http://" + address});
  (void)again.wait_for("/health/ready", "\"ready\"");
  crowd.restart_seconds = static_cast<double>(monotonic_now() - began) / 1e9;
  if (exchange.streams() == 0) fail("the daemon was ready without its streams");
  if (again.ask("GET", "/api/simulation/status").find("\"is_running\":true") == std::string::npos) {
    fail("the session did not go on");
  }
  crowd.resident_megabytes = std::max(crowd.resident_megabytes, again.resident());
  return crowd;
}

}  // namespace hts::bench
