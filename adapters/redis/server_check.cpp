#include "adapters/redis/server_check.hpp"

#include <charconv>
#include <utility>

#include "adapters/redis/keys.hpp"

namespace hts::redis {
namespace {

result::Error unfit(std::string message) {
  return result::make_error(result::ErrorCode::invalid, std::move(message), "jobs.store");
}

bool is_older_than_6_2(std::string_view version) {
  int major = 0;
  int minor = 0;
  const auto* end = version.data() + version.size();
  const auto first = std::from_chars(version.data(), end, major);
  if (first.ptr != end) std::from_chars(first.ptr + 1, end, minor);
  return major < 6 || (major == 6 && minor < 2);
}

result::Status check_kind_of_server(std::string_view info, const std::string& server) {
  const std::string_view mode = info_value(info, "redis_mode");
  if (mode == "sentinel") {
    return unfit(server +
                 " is a Sentinel, which keeps no data: ask it for the primary (redis-cli "
                 "SENTINEL GET-MASTER-ADDR-BY-NAME name) and give that address in jobs.store, or "
                 "that of a TCP proxy that follows the primary.");
  }
  if (mode == "cluster" || info_value(info, "cluster_enabled") == "1") {
    return unfit(server +
                 " is a node of a cluster, which is not supported: one queue lives on one "
                 "server. Give a Redis of its own in jobs.store.");
  }
  const std::string_view version = info_value(info, "redis_version");
  if (is_older_than_6_2(version)) {
    return unfit(server + " has version " + std::string(version) +
                 ", and jobs need 6.2 or later: upgrade it, or give another one in jobs.store.");
  }
  if (info_value(info, "role") == "slave") {
    return result::make_error(
        result::ErrorCode::unavailable,
        server + " is a read-only replica: give the address of its primary in jobs.store.",
        "jobs.store");
  }
  return result::success();
}

/// Key below the prefix, and its type.
std::vector<std::pair<std::string, std::string_view>> fixed_keys() {
  std::vector<std::pair<std::string, std::string_view>> keys{
      {"sequence", "string"}, {"kinds", "set"},  {"paused", "string"},
      {"leases", "zset"},     {"ended", "zset"},
  };
  for (int priority = 0; priority <= 9; ++priority) {
    const std::string number = std::to_string(priority);
    keys.emplace_back("queue:" + number, "stream");
    keys.emplace_back("again:" + number, "stream");
    keys.emplace_back("ready:" + number, "zset");
    keys.emplace_back("delayed:" + number, "zset");
  }
  return keys;
}

std::string other_program(const std::string& server, const std::string& key) {
  return server + " has a key " + key +
         " of another program: move that program's keys, or give another database after the / of "
         "jobs.store.";
}

result::Status check_keys(Connection& connection, const std::string& server,
                          const std::string& prefix, bool& is_new) {
  const auto keys = fixed_keys();
  Pipeline pipeline;
  pipeline.add({"TYPE", prefix + "layout"});
  pipeline.add({"GET", prefix + "layout"});
  for (const auto& [key, type] : keys) pipeline.add({"TYPE", prefix + key});
  auto replies = connection.run(pipeline);
  if (!replies) return replies.error();
  const std::string_view layout_type = (*replies)[0].view().text();
  const ReplyView layout = (*replies)[1].view();
  if (layout_type != "none" && layout_type != "string") {
    return unfit(other_program(server, prefix + "layout"));
  }
  is_new = layout_type == "none";
  if (!is_new && layout.text() != layout_version) {
    return unfit("The jobs on " + server + " were written by another version of this program (" +
                 "layout " + std::string(layout.text().substr(0, 16)) + ", here it is " +
                 std::string(layout_version) +
                 "): run the same version everywhere, or give another database after the / of "
                 "jobs.store.");
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string_view type = (*replies)[i + 2].view().text();
    if (type == "none") continue;
    if (is_new || type != keys[i].second)
      return unfit(other_program(server, prefix + keys[i].first));
  }
  return result::success();
}

result::Status make_keys(Connection& connection, const std::string& address,
                         const std::string& prefix) {
  Pipeline pipeline;
  pipeline.add({"SET", prefix + "layout", layout_version});
  for (int priority = 0; priority <= 9; ++priority) {
    pipeline.add(
        {"XGROUP", "CREATE", prefix + "queue:" + std::to_string(priority), "hts", "0", "MKSTREAM"});
  }
  auto replies = connection.run(pipeline);
  if (!replies) return replies.error();
  for (const Reply& reply : *replies) {
    if (!reply.view().is_error() || reply.view().text().starts_with("BUSYGROUP")) continue;
    return refused_by_server(address, reply.view().text());
  }
  return result::success();
}

/// Empty when the server keeps the setting to itself, as hosted ones do.
std::string setting(Connection& connection, std::string_view name) {
  auto reply = connection.run({"CONFIG", "GET", name});
  if (!reply || reply->view().size() < 2) return {};
  return std::string(reply->view()[1].text());
}

std::vector<std::string> warnings_of(Connection& connection, std::string_view info,
                                     const std::string& server) {
  std::vector<std::string> warnings;
  if (info_value(info, "aof_enabled") == "0") {
    const bool has_snapshots = !setting(connection, "save").empty();
    warnings.push_back(
        server +
        (has_snapshots ? " keeps snapshots only: jobs of the minutes since the last one"
                       : " keeps nothing on disk: all jobs") +
        " are lost when it dies. Set `appendonly yes` and `appendfsync everysec` (or `always`).");
  } else if (setting(connection, "appendfsync") == "no") {
    warnings.push_back(server +
                       " leaves it to the system when its journal reaches the disk: jobs of about "
                       "30 s are lost when the machine dies. Set `appendfsync everysec` (or "
                       "`always`, which loses none).");
  }
  const std::string_view policy = info_value(info, "maxmemory_policy");
  if (!policy.empty() && policy != "noeviction" && info_value(info, "maxmemory") != "0") {
    warnings.push_back(server + " may throw jobs away when its memory is full (maxmemory-policy " +
                       std::string(policy) + "). Set `maxmemory-policy noeviction`.");
  }
  return warnings;
}

}  // namespace

std::string_view info_value(std::string_view info, std::string_view name) {
  for (std::size_t at = info.find(name); at != info.npos; at = info.find(name, at + 1)) {
    const bool begins_line = at == 0 || info[at - 1] == '\n';
    const std::size_t after = at + name.size();
    if (!begins_line || after >= info.size() || info[after] != ':') continue;
    return info.substr(after + 1, info.find_first_of("\r\n", after) - after - 1);
  }
  return {};
}

result::Result<std::vector<std::string>> check_server(Connection& connection,
                                                      const std::string& address,
                                                      const std::string& prefix) {
  const std::string server = "Redis at " + address;
  auto reply = connection.run({"INFO"});
  if (!reply) return reply.error();
  if (reply->view().is_error()) return refused_by_server(address, reply->view().text());
  const std::string info(reply->view().text());
  if (info_value(info, "loading") == "1") return refused_by_server(address, "LOADING");
  if (auto fits = check_kind_of_server(info, server); !fits) return fits.error();
  bool is_new = false;
  if (auto ours = check_keys(connection, server, prefix, is_new); !ours) return ours.error();
  if (is_new) {
    if (auto made = make_keys(connection, address, prefix); !made) return made.error();
  }
  return warnings_of(connection, info, server);
}

}  // namespace hts::redis
