#include "receiver.hpp"

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <boost/json/parse.hpp>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hts::testing {
namespace {

constexpr const char* python = "/usr/bin/python3";

/// Its standard output goes to `out`, its errors nowhere, unless `out` is negative.
pid_t spawn(std::vector<std::string> words, int out) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (out >= 0) dup2(out, STDOUT_FILENO);
    if (std::freopen("/dev/null", "w", stderr) == nullptr) _exit(127);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  return child;
}

bool runs_well(std::vector<std::string> words) {
  const pid_t child = spawn(std::move(words), -1);
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Certificate make_certificate(const TemporaryFolder& folder, const std::string& names) {
  Certificate made{(folder.path() / "certificate.pem").string(),
                   (folder.path() / "key.pem").string()};
  if (!runs_well({"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                  "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=test",
                  "-addext", "subjectAltName=" + names, "-keyout", made.key, "-out",
                  made.certificate})) {
    throw std::runtime_error("openssl made no certificate");
  }
  return made;
}

}  // namespace

Receiver::Receiver(std::vector<std::string> arguments) {
  std::vector<std::string> words{python,
                                 HTS_SOURCE_DIR "/tests/integration/alert_channels/receiver.py",
                                 arguments.at(0), folder_.path().string()};
  words.insert(words.end(), arguments.begin() + 1, arguments.end());
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
  pid_ = spawn(std::move(words), ends[1]);
  close(ends[1]);
  std::string line;
  char c = 0;
  while (read(ends[0], &c, 1) == 1 && c != '\n') line += c;
  close(ends[0]);
  if (line.empty()) throw std::runtime_error("receiver.py did not start");
  port_ = std::stoi(line);
}

Receiver::~Receiver() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

std::vector<boost::json::value> Receiver::messages() const {
  std::vector<boost::json::value> messages;
  while (true) {
    std::ifstream file(folder_.path() / (std::to_string(messages.size() + 1) + ".json"));
    if (!file) return messages;
    std::stringstream text;
    text << file.rdbuf();
    messages.push_back(boost::json::parse(text.str()));
  }
}

bool is_receiver_installed() {
  static const bool is_installed = runs_well({python, "-c", "import aiosmtpd"});
  return is_installed;
}

const Certificate& own_certificate() {
  static const TemporaryFolder folder;
  static const Certificate made = make_certificate(folder, "DNS:localhost,IP:127.0.0.1");
  return made;
}

const Certificate& foreign_certificate() {
  static const TemporaryFolder folder;
  static const Certificate made = make_certificate(folder, "DNS:other.example");
  return made;
}

}  // namespace hts::testing
