#pragma once

#include <map>
#include <string>
#include <vector>

namespace hts::runtime::detail {

/// Who waits for room in whose mailbox. A cycle of such waits can stand still for ever, all
/// mailboxes being full.
class Topology {
 public:
  void add(const std::string& from, const std::string& to) { waits_for_[from].push_back(to); }
  /// The names along one cycle, the first again at the end; empty when there is none.
  [[nodiscard]] std::vector<std::string> find_cycle() const;

 private:
  std::map<std::string, std::vector<std::string>> waits_for_;
};

}  // namespace hts::runtime::detail
