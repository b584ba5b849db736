#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

/// Servers to be measured, each in a process of its own with a folder of its own below the working
/// directory; both are gone at the end.
namespace hts::bench {

class Process {
 public:
  /// Its output goes to `log`. A program that cannot be started has ended at once.
  Process(std::vector<std::string> words, const std::filesystem::path& log);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] bool has_ended();
  /// Processor time of its threads so far.
  [[nodiscard]] double processor_seconds() const;

 private:
  pid_t child_ = -1;
};

/// A folder that is removed at the end.
class Folder {
 public:
  explicit Folder(const std::string& name);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

/// A server that takes connections, or why there is none.
struct Measured {
  std::uint16_t port = 0;
  Process* process = nullptr;
  std::string absence;
};

/// `hts serve` as it was built beside this program.
class DaemonProcess {
 public:
  explicit DaemonProcess(const std::vector<std::string>& more_options);
  [[nodiscard]] Measured measured();

 private:
  Folder folder_{"daemon"};
  std::optional<Process> process_;
  std::uint16_t port_ = 0;
};

/// `http_peer.py` under uvicorn, and the Redis that its queue is kept in; absent where their
/// packages are not installed.
class PeerProcess {
 public:
  PeerProcess();
  [[nodiscard]] Measured measured();

 private:
  Folder folder_{"peer"};
  std::optional<Process> redis_;
  std::optional<Process> process_;
  std::uint16_t port_ = 0;
};

}  // namespace hts::bench
