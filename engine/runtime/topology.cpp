#include "engine/runtime/topology.hpp"

#include <algorithm>
#include <set>

namespace hts::runtime::detail {
namespace {

using Edges = std::map<std::string, std::vector<std::string>>;

bool extend_to_cycle(const Edges& edges, std::vector<std::string>& path,
                     std::set<std::string>& finished) {
  const std::string here = path.back();
  if (const auto found = edges.find(here); found != edges.end()) {
    for (const std::string& next : found->second) {
      if (const auto before = std::find(path.begin(), path.end(), next); before != path.end()) {
        path.erase(path.begin(), before);
        path.push_back(next);
        return true;
      }
      if (finished.contains(next)) continue;
      path.push_back(next);
      if (extend_to_cycle(edges, path, finished)) return true;
      path.pop_back();
    }
  }
  finished.insert(here);
  return false;
}

}  // namespace

std::vector<std::string> Topology::find_cycle() const {
  std::set<std::string> finished;
  for (const auto& [from, targets] : waits_for_) {
    std::vector<std::string> path{from};
    if (!finished.contains(from) && extend_to_cycle(waits_for_, path, finished)) return path;
  }
  return {};
}

}  // namespace hts::runtime::detail
