#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

/// Running the built program as a user would.
namespace hts::e2e {

struct Outcome {
  int status = -1;  ///< exit status; 128 + n when signal n ended it
  std::string out;
  std::string err;
};

using Environment = std::map<std::string, std::string>;

/// Runs `hts` to its end with these arguments, in `directory`; `environment` is added to the test's
/// own.
[[nodiscard]] Outcome run_hts(const std::vector<std::string>& arguments,
                              const std::filesystem::path& directory,
                              const Environment& environment = {});

/// A daemon on a free loopback port. Stopped by its own pid at the latest when it goes out of
/// scope.
class RunningDaemon {
 public:
  /// Waits until it answers. `extra` are further arguments of `hts serve`. Fails the test when it
  /// does not start.
  explicit RunningDaemon(const std::filesystem::path& directory,
                         const std::vector<std::string>& extra = {});
  ~RunningDaemon();
  RunningDaemon(const RunningDaemon&) = delete;
  RunningDaemon& operator=(const RunningDaemon&) = delete;

  [[nodiscard]] const std::string& url() const noexcept { return url_; }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// Sends the signal and waits for the end: exit status, 128 + n when signal n ended it.
  int end_with(int signal_number);
  /// Resident memory in bytes.
  [[nodiscard]] std::uint64_t resident_bytes() const;
  /// What it logged so far.
  [[nodiscard]] std::string log() const;

 private:
  std::filesystem::path directory_;
  pid_t pid_ = -1;
  std::string url_;
};

/// A directory that is gone with all its content when the test ends.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  /// Writes a file below it and returns its path.
  [[nodiscard]] std::string write(const std::string& name, const std::string& content) const;

 private:
  std::filesystem::path path_;
};

/// A file of the shared reference data, or an empty path when this checkout has none.
[[nodiscard]] std::filesystem::path shared_file(const std::string& relative);

}  // namespace hts::e2e
