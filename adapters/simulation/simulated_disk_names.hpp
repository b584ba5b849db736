#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/simulation/simulated_disk_content.hpp"

/// The names of a simulated disk: what its users see, and what a power failure would leave of them.
/// Included only by the simulated disk.
namespace hts::simulation {

/// A file or a folder, whatever its names are.
struct DiskNode {
  using Names = std::map<std::string, std::shared_ptr<DiskNode>, std::less<>>;
  std::uint64_t id = 0;
  bool is_directory = false;
  DiskContent content;  ///< of a file
  Names names;          ///< of a folder
  Names synced_names;
};

using NodePtr = std::shared_ptr<DiskNode>;

/// Where a path leads.
struct DiskPlace {
  NodePtr folder;    ///< null for the root
  std::string name;  ///< in the folder
  NodePtr node;      ///< null when nothing has the name
  int error = 0;     ///< of the system, when a part before the name is missing or a file
};

/// Each change is done or not done after a power failure, never half; changes of the same name keep
/// their order, all others have none. Syncing a folder makes its changes last, and those that they
/// build upon.
class DiskNames {
 public:
  DiskNames();

  [[nodiscard]] const NodePtr& root() const noexcept { return root_; }
  [[nodiscard]] DiskPlace find(std::string_view path) const;
  NodePtr make(const DiskPlace& place, bool is_directory);
  void remove(const DiskPlace& place);
  /// Replaces what is at `to`.
  void rename(const DiskPlace& from, const DiskPlace& to);

  void sync(const NodePtr& folder);
  /// Decides what is left, names and contents; all of it is then as if synced.
  void lose_power(std::uint64_t& random);

 private:
  using Key = std::pair<std::uint64_t, std::string>;
  struct Change {
    NodePtr node;         ///< what gets the name; null for a removal
    NodePtr from_folder;  ///< of a removal or a rename, else null
    std::string from_name;
    NodePtr to_folder;  ///< of a making or a rename, else null
    std::string to_name;

    [[nodiscard]] bool touches(const NodePtr& folder) const;
    [[nodiscard]] bool needs_any(const std::set<Key>& keys) const;
    void add_to(std::set<Key>& keys) const;
    void apply(DiskNode::Names DiskNode::* names) const;
  };

  void change(Change made);
  void lose_power_below(DiskNode& folder, std::uint64_t& random);

  std::uint64_t last_id_ = 0;
  NodePtr root_;
  std::vector<Change> unsynced_;  ///< in their order
};

}  // namespace hts::simulation
