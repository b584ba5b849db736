#include "http_process.hpp"

#include <chrono>
#include <fstream>
#include <functional>
#include <system_error>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hts::bench {
namespace {

namespace fs = std::filesystem;

/// Waits up to ten seconds.
bool wait_for(const std::function<bool()>& condition, Process& process) {
  for (int attempt = 0; attempt < 1'000; ++attempt) {
    if (condition()) return true;
    if (process.has_ended()) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return false;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  ::bind(socket, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(socket);
  return ntohs(address.sin_port);
}

bool takes_connections(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(port);
  const bool connected =
      ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return connected;
}

}  // namespace

Process::Process(std::vector<std::string> words, const fs::path& log) : child_(::fork()) {
  if (child_ != 0) return;
  const int output = ::open(log.c_str(), O_CREAT | O_WRONLY, 0600);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
  ::_exit(127);
}

Process::~Process() {
  if (has_ended()) return;
  ::kill(child_, SIGTERM);
  ::waitpid(child_, nullptr, 0);
}

bool Process::has_ended() {
  if (child_ > 0 && ::waitpid(child_, nullptr, WNOHANG) == child_) child_ = -1;
  return child_ < 0;
}

double Process::processor_seconds() const {
  double nanoseconds = 0;
  std::error_code ignored;
  for (const auto& task :
       fs::directory_iterator{"/proc/" + std::to_string(child_) + "/task", ignored}) {
    double own = 0;
    std::ifstream{task.path() / "schedstat"} >> own;
    nanoseconds += own;
  }
  return nanoseconds * 1e-9;
}

Folder::Folder(const std::string& name)
    : path_(fs::current_path() / ("bench-http-" + name + "-" + std::to_string(::getpid()))) {
  fs::create_directories(path_);
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

DaemonProcess::DaemonProcess(const std::vector<std::string>& more_options) {
  const fs::path port_file = folder_ / "port";
  const fs::path program = fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "hts";
  std::vector<std::string> words = {program.string(), "serve",
                                    "--http.port",    "0",
                                    "--port-file",    port_file.string(),
                                    "--data.root",    (folder_ / "data").string(),
                                    "--state.root",   (folder_ / "state").string()};
  words.insert(words.end(), more_options.begin(), more_options.end());
  process_.emplace(std::move(words), folder_ / "log");
  const auto told = [&] { return bool(std::ifstream{port_file} >> port_); };
  if (!wait_for(told, *process_)) port_ = 0;
}

Measured DaemonProcess::measured() {
  if (port_ == 0) return {.absence = "this build of hts does not start with the options it needs"};
  return {port_, &*process_, {}};
}

PeerProcess::PeerProcess() {
  const std::uint16_t redis_port = free_port();
  redis_.emplace(std::vector<std::string>{"redis-server", "--port", std::to_string(redis_port),
                                          "--dir", (folder_ / "").string(), "--save", "",
                                          "--appendonly", "yes", "--appendfsync", "always"},
                 folder_ / "redis.log");
  if (!wait_for([&] { return takes_connections(redis_port); }, *redis_)) return;
  port_ = free_port();
  process_.emplace(
      std::vector<std::string>{"env", "PEER_REDIS_PORT=" + std::to_string(redis_port),
                               "/usr/bin/python3", "-m", "uvicorn", "--app-dir", HTS_BENCH_FOLDER,
                               "--port", std::to_string(port_), "--no-access-log", "--log-level",
                               "warning", "http_peer:application"},
      folder_ / "log");
  if (!wait_for([&] { return takes_connections(port_); }, *process_)) port_ = 0;
}

Measured PeerProcess::measured() {
  if (port_ == 0) {
    return {.absence =
                "python3-uvicorn, python3-fastapi, python3-rq and redis-server are not all "
                "installed"};
  }
  return {port_, &*process_, {}};
}

}  // namespace hts::bench
