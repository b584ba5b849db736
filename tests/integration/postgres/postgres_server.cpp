#include "postgres_server.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <future>
#include <stdexcept>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hts::testing {
namespace {

namespace fs = std::filesystem;

/// Of the newest version that is installed.
fs::path installed_binaries() {
  fs::path newest;
  std::error_code none;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none)) {
    const fs::path binaries = version.path() / "bin";
    if (fs::exists(binaries / "postgres") && fs::exists(binaries / "initdb")) {
      newest = std::max(newest, binaries);
    }
  }
  return newest;
}

/// The server refuses to run as root.
const passwd* server_user() {
  return geteuid() == 0 ? getpwnam("postgres") : nullptr;
}

/// In the child, before it becomes something else.
[[noreturn]] void become(const std::vector<std::string>& words, int log) {
  if (const passwd* user = server_user(); user != nullptr) {
    if (setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0) _exit(127);
  }
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  if (chdir("/") != 0) _exit(127);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execv(words.front().c_str(), arguments.data());
  _exit(127);
}

}  // namespace

std::unique_ptr<PostgresServer> PostgresServer::start() {
  if (!is_postgres_installed()) return nullptr;
  std::string folder = (fs::temp_directory_path() / "hts-postgres-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return std::unique_ptr<PostgresServer>{new PostgresServer{installed_binaries(), folder}};
}

PostgresServer::PostgresServer(fs::path binaries, fs::path folder)
    : binaries_(std::move(binaries)), folder_(std::move(folder)) {
  make_files();
  start_again();
}

PostgresServer::~PostgresServer() {
  stop(true);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void PostgresServer::make_files() {
  if (const passwd* user = server_user(); user != nullptr) {
    if (chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) {
      throw std::runtime_error("the folder cannot be given to postgres");
    }
  }
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  const pid_t child = fork();
  if (child == 0) {
    become({binaries_ / "initdb", "-A", "trust", "-U", "hts", "--no-sync", "--locale=C.UTF-8", "-D",
            folder_ / "data"},
           nowhere);
  }
  close(nowhere);
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0) throw std::runtime_error("initdb failed");
}

void PostgresServer::start_again() {
  std::array<int, 2> log{};
  if (pipe2(log.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  pid_ = fork();
  if (pid_ == 0) {
    // Nothing here must outlive a crash of the machine.
    become({binaries_ / "postgres", "-D", folder_ / "data", "-p", std::to_string(port_.number()),
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=" + folder_.string(),
            "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=16MB", "-c",
            "max_wal_senders=0"},
           log[1]);
  }
  close(log[1]);
  // Its messages are read to their end, so that the pipe is never full.
  std::promise<bool> ready;
  auto is_ready = ready.get_future();
  log_reader_ = std::thread{[from = log[0], ready = std::move(ready)]() mutable {
    std::string line;
    bool told = false;
    std::array<char, 4096> bytes{};
    for (ssize_t count = 0; (count = read(from, bytes.data(), bytes.size())) > 0;) {
      if (told) continue;
      line.append(bytes.data(), static_cast<std::size_t>(count));
      if (line.find("ready to accept connections") == std::string::npos) continue;
      ready.set_value(true);
      told = true;
    }
    if (!told) ready.set_value(false);
    close(from);
  }};
  if (!is_ready.get()) {
    stop(true);
    throw std::runtime_error("PostgreSQL did not start");
  }
}

void PostgresServer::stop(bool is_crash) {
  if (pid_ > 0) {
    kill(pid_, is_crash ? SIGQUIT : SIGINT);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  if (log_reader_.joinable()) log_reader_.join();
}

std::string PostgresServer::url(const std::string& database) const {
  return "postgresql://hts@127.0.0.1:" + std::to_string(port_.number()) + "/" + database;
}

std::string PostgresServer::new_database() {
  const std::string name = "test_" + std::to_string(++databases_);
  run(url("postgres"), "CREATE DATABASE " + name);
  return url(name);
}

std::string PostgresServer::run(const std::string& url, const std::string& sql) const {
  PGconn* connection = PQconnectdb(url.c_str());
  PGresult* answer = PQexec(connection, sql.c_str());
  const auto status = PQresultStatus(answer);
  const bool is_right = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
  const std::string error = PQerrorMessage(connection);
  std::string cell = PQntuples(answer) > 0 ? PQgetvalue(answer, 0, 0) : "";
  PQclear(answer);
  PQfinish(connection);
  if (!is_right) throw std::runtime_error(error);
  return cell;
}

bool is_postgres_installed() {
  return !installed_binaries().empty() && (geteuid() != 0 || server_user() != nullptr);
}

PostgresServer* shared_postgres() {
  static const std::unique_ptr<PostgresServer> server = PostgresServer::start();
  return server.get();
}

}  // namespace hts::testing
