#include "process.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hts::e2e {
namespace {

namespace fs = std::filesystem;

std::string read_whole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

/// The child's output goes to files, so that no amount of it can fill a pipe.
pid_t spawn(const std::vector<std::string>& arguments, const fs::path& directory,
            const Environment& environment, const fs::path& out, const fs::path& err) {
  std::vector<std::string> words{HTS_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) variables.emplace_back(*entry);
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  std::vector<char*> envp;
  for (auto& variable : variables) envp.push_back(variable.data());
  envp.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t pid = -1;
  const int failed = posix_spawn(&pid, HTS_PROGRAM, &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  EXPECT_EQ(failed, 0) << "cannot start " << HTS_PROGRAM;
  return pid;
}

int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Waits for the directory to change until the file has content, the child is gone or time is up.
bool wait_for_file(const fs::path& file, pid_t pid, std::chrono::seconds patience) {
  const int watch = inotify_init1(IN_CLOEXEC);
  inotify_add_watch(watch, file.parent_path().c_str(), IN_MOVED_TO | IN_CLOSE_WRITE);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  bool found = false;
  while (!(found = fs::exists(file)) && std::chrono::steady_clock::now() < deadline) {
    siginfo_t ended{};
    if (waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        ended.si_pid == pid)
      break;
    pollfd poll_watch{watch, POLLIN, 0};
    if (poll(&poll_watch, 1, 100) > 0) {
      std::array<char, 4096> events{};
      (void)!read(watch, events.data(), events.size());
    }
  }
  close(watch);
  return found;
}

}  // namespace

Outcome run_hts(const std::vector<std::string>& arguments, const fs::path& directory,
                const Environment& environment) {
  const TemporaryDirectory output;
  const fs::path out = output.path() / "out";
  const fs::path err = output.path() / "err";
  const pid_t pid = spawn(arguments, directory, environment, out, err);
  Outcome outcome;
  if (pid < 0) return outcome;
  outcome.status = wait_for(pid);
  outcome.out = read_whole(out);
  outcome.err = read_whole(err);
  return outcome;
}

RunningDaemon::RunningDaemon(const fs::path& directory, const std::vector<std::string>& extra)
    : directory_(directory) {
  const fs::path port_file = directory / "port";
  fs::remove(port_file);
  std::vector<std::string> arguments = {"serve", "--http.port", "0", "--port-file", port_file};
  arguments.insert(arguments.end(), extra.begin(), extra.end());
  pid_ = spawn(arguments, directory, {}, directory / "daemon.out", directory / "daemon.err");
  if (pid_ < 0 || !wait_for_file(port_file, pid_, std::chrono::seconds{60})) {
    ADD_FAILURE() << "the daemon did not start: " << log();
    return;
  }
  std::string port = read_whole(port_file);
  port.erase(port.find_last_not_of('\n') + 1);
  url_ = "http://127.0.0.1:" + port;
}

RunningDaemon::~RunningDaemon() {
  if (pid_ > 0) end_with(SIGKILL);
}

int RunningDaemon::end_with(int signal_number) {
  kill(pid_, signal_number);
  const int status = wait_for(std::exchange(pid_, -1));
  // What a sanitizer found at the end of the process is told nowhere else.
  if (signal_number != SIGKILL && status != 0) std::cerr << log();
  return status;
}

std::uint64_t RunningDaemon::resident_bytes() const {
  std::ifstream statm("/proc/" + std::to_string(pid_) + "/statm");
  std::uint64_t total_pages = 0;
  std::uint64_t resident_pages = 0;
  statm >> total_pages >> resident_pages;
  return resident_pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::string RunningDaemon::log() const {
  return read_whole(directory_ / "daemon.err");
}

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (fs::temp_directory_path() / "hts-e2e-XXXXXX").string();
  const char* made = mkdtemp(name.data());
  EXPECT_NE(made, nullptr) << "no temporary directory can be made in " << fs::temp_directory_path();
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string TemporaryDirectory::write(const std::string& name, const std::string& content) const {
  const fs::path file = path_ / name;
  std::ofstream(file, std::ios::binary) << content;
  return file;
}

fs::path shared_file(const std::string& relative) {
  const fs::path file = fs::path{HTS_SOURCE_DIR} / ".." / "shared" / relative;
  return fs::exists(file) ? fs::canonical(file) : fs::path{};
}

}  // namespace hts::e2e
