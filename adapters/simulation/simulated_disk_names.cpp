#include "adapters/simulation/simulated_disk_names.hpp"

#include <cerrno>

#include "engine/runtime/random.hpp"

namespace hts::simulation {

using runtime::detail::next_random;

DiskNames::DiskNames() : root_(std::make_shared<DiskNode>()) {
  root_->is_directory = true;
}

DiskPlace DiskNames::find(std::string_view path) const {
  DiskPlace place;
  place.node = root_;
  while (true) {
    while (path.starts_with('/')) path.remove_prefix(1);
    if (path.empty()) return place;
    const std::string_view name = path.substr(0, path.find('/'));
    path.remove_prefix(name.size());
    if (name == ".") continue;
    if (place.node == nullptr || !place.node->is_directory) {
      place.error = place.node == nullptr ? ENOENT : ENOTDIR;
      place.node = nullptr;
      return place;
    }
    place.folder = place.node;
    place.name = name;
    const auto found = place.folder->names.find(name);
    place.node = found != place.folder->names.end() ? found->second : nullptr;
  }
}

NodePtr DiskNames::make(const DiskPlace& place, bool is_directory) {
  auto node = std::make_shared<DiskNode>();
  node->id = ++last_id_;
  node->is_directory = is_directory;
  change({node, nullptr, {}, place.folder, place.name});
  return node;
}

void DiskNames::remove(const DiskPlace& place) {
  change({nullptr, place.folder, place.name, nullptr, {}});
}

void DiskNames::rename(const DiskPlace& from, const DiskPlace& to) {
  change({from.node, from.folder, from.name, to.folder, to.name});
}

void DiskNames::change(Change made) {
  made.apply(&DiskNode::names);
  unsynced_.push_back(std::move(made));
  // A system writes back by itself what has waited for long.
  constexpr std::size_t most_unsynced = 64;
  if (unsynced_.size() > most_unsynced) {
    unsynced_.front().apply(&DiskNode::synced_names);
    unsynced_.erase(unsynced_.begin());
  }
}

bool DiskNames::Change::touches(const NodePtr& folder) const {
  return from_folder == folder || to_folder == folder;
}

bool DiskNames::Change::needs_any(const std::set<Key>& keys) const {
  return (from_folder != nullptr && keys.contains({from_folder->id, from_name})) ||
         (to_folder != nullptr && keys.contains({to_folder->id, to_name}));
}

void DiskNames::Change::add_to(std::set<Key>& keys) const {
  if (from_folder != nullptr) keys.emplace(from_folder->id, from_name);
  if (to_folder != nullptr) keys.emplace(to_folder->id, to_name);
}

void DiskNames::Change::apply(DiskNode::Names DiskNode::* names) const {
  if (from_folder != nullptr) ((*from_folder).*names).erase(from_name);
  if (to_folder != nullptr) ((*to_folder).*names).insert_or_assign(to_name, node);
}

void DiskNames::sync(const NodePtr& folder) {
  std::set<Key> needed;
  std::vector<bool> lasts(unsynced_.size());
  for (std::size_t i = unsynced_.size(); i-- > 0;) {
    lasts[i] = unsynced_[i].touches(folder) || unsynced_[i].needs_any(needed);
    if (lasts[i]) unsynced_[i].add_to(needed);
  }
  std::vector<Change> waiting;
  for (std::size_t i = 0; i < unsynced_.size(); ++i) {
    if (lasts[i]) {
      unsynced_[i].apply(&DiskNode::synced_names);
    } else {
      waiting.push_back(std::move(unsynced_[i]));
    }
  }
  unsynced_ = std::move(waiting);
}

void DiskNames::lose_power(std::uint64_t& random) {
  std::set<Key> undone;
  for (const Change& made : unsynced_) {
    if (next_random(random) % 2 == 0 && !made.needs_any(undone)) {
      made.apply(&DiskNode::synced_names);
    } else {
      made.add_to(undone);
    }
  }
  unsynced_.clear();
  lose_power_below(*root_, random);
}

void DiskNames::lose_power_below(DiskNode& folder, std::uint64_t& random) {
  folder.names = folder.synced_names;
  for (const auto& [name, node] : folder.names) {
    if (node->is_directory) {
      lose_power_below(*node, random);
    } else {
      node->content.lose_power(random);
    }
  }
}

}  // namespace hts::simulation
