#include "redis_server.hpp"

#include <csignal>
#include <sstream>
#include <stdexcept>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hts::testing {
namespace {

sockaddr_in address_of(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// -1 when nobody listens.
int connect_to(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = address_of(port);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    return socket;
  }
  ::close(socket);
  return -1;
}

std::string first_line(int socket, const std::string& request) {
  std::string line;
  if (::send(socket, request.data(), request.size(), MSG_NOSIGNAL) < 0) return line;
  char c = 0;
  while (::recv(socket, &c, 1, 0) == 1 && c != '\n') line.push_back(c);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

// A node of a cluster listens 10,000 above its port too.
constexpr int highest_port = 55'000;

}  // namespace

RedisServer::RedisServer(std::vector<std::string> arguments)
    : arguments_(std::move(arguments)), port_(highest_port) {
  start();
}

RedisServer::~RedisServer() {
  kill();
}

std::string RedisServer::url() const {
  return "redis://127.0.0.1:" + std::to_string(port_.number());
}

void RedisServer::start() {
  std::vector<std::string> words{"redis-server",
                                 "--port",
                                 std::to_string(port_.number()),
                                 "--bind",
                                 "127.0.0.1",
                                 "--dir",
                                 folder_.path().string(),
                                 "--logfile",
                                 (folder_.path() / "log").string(),
                                 "--save",
                                 "",
                                 "--appendonly",
                                 "yes"};
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  constexpr int most_tries = 1000;
  for (int tries = 0; tries < most_tries; ++tries) {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) break;
    if (command("PING").starts_with("+PONG") || command("PING").starts_with("-NOAUTH")) return;
    ::poll(nullptr, 0, 10);
  }
  throw std::runtime_error("redis-server did not start: deploy/install-dependencies --tests");
}

void RedisServer::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RedisServer::freeze() {
  ::kill(pid_, SIGSTOP);
}

void RedisServer::thaw() {
  ::kill(pid_, SIGCONT);
}

std::string RedisServer::command(const std::string& words) {
  const int socket = connect_to(port_.number());
  if (socket < 0) return {};
  std::istringstream in(words);
  std::string request;
  std::size_t count = 0;
  for (std::string word; in >> word; ++count) {
    request += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  const std::string line = first_line(socket, "*" + std::to_string(count) + "\r\n" + request);
  ::close(socket);
  return line;
}

}  // namespace hts::testing
