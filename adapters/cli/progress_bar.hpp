#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

namespace hts::cli {

/// One line on a terminal that fills up while something long is done:
/// `reading KRW-BTC_1m.csv [############..................]  40%`. Silent when the stream is no
/// terminal. Drawn only when the percentage changes; erased when it goes. One thread.
class ProgressBar {
 public:
  /// `err` must outlive the bar.
  ProgressBar(std::ostream& err, bool terminal) : err_(err), terminal_(terminal) {}
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() { erase(); }

  /// `total` 0: unknown; then the amount is shown, in MiB.
  void show(const std::string& label, std::uint64_t done, std::uint64_t total);
  /// Takes the line away, so that something else can be printed.
  void erase();

 private:
  std::ostream& err_;
  bool terminal_;
  std::string drawn_;
};

}  // namespace hts::cli
