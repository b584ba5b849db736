#include "adapters/cli/progress_bar.hpp"

#include <algorithm>
#include <ostream>

namespace hts::cli {
namespace {

constexpr std::size_t bar_width = 30;
constexpr std::size_t label_width = 40;

/// The end of a long label says more than its beginning: it is a file's name.
std::string fitted(const std::string& label) {
  if (label.size() <= label_width) return label;
  return "..." + label.substr(label.size() - label_width + 3);
}

}  // namespace

void ProgressBar::show(const std::string& label, std::uint64_t done, std::uint64_t total) {
  if (!terminal_) return;
  std::string line = fitted(label);
  if (total == 0) {
    line += "  " + std::to_string(done >> 20U) + " MiB";
  } else {
    const double share = std::min(static_cast<double>(done) / static_cast<double>(total), 1.0);
    const auto whole_percent = static_cast<std::size_t>(share * 100);
    const std::size_t filled = whole_percent * bar_width / 100;
    const std::string percent = std::to_string(whole_percent);
    line += " [" + std::string(filled, '#') + std::string(bar_width - filled, '.') + "] " +
            std::string(3 - percent.size(), ' ') + percent + "%";
  }
  if (line == drawn_) return;
  const std::size_t leftover = drawn_.size() > line.size() ? drawn_.size() - line.size() : 0;
  err_ << '\r' << line << std::string(leftover, ' ') << std::flush;
  drawn_ = std::move(line);
}

void ProgressBar::erase() {
  if (drawn_.empty()) return;
  err_ << '\r' << std::string(drawn_.size(), ' ') << '\r' << std::flush;
  drawn_.clear();
}

}  // namespace hts::cli
