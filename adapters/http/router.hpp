#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/http/http_message.hpp"
#include "adapters/http/path_template.hpp"
#include "adapters/http/responder.hpp"

namespace hts::http {

/// A request that found its route. Valid as long as its HttpRequest, except `path`, which is valid
/// during the handler only.
struct RoutedRequest {
  const HttpRequest& http;
  const PathParameters& path;

  /// Requires that the template has this name. Decoded, never empty.
  [[nodiscard]] const std::string& path_parameter(std::string_view name) const;
  [[nodiscard]] result::Result<std::optional<std::string>> query(std::string_view name) const {
    return query_parameter(http.query, name);
  }
};

using RouteHandler = std::function<void(const RoutedRequest& request, Responder responder)>;

/// Finds the handler of a request by path template and method.
///
/// GET answers HEAD too. Literal segments win over named ones. A trailing slash is ignored. Nothing
/// there: 404 with a hint; there, but not with this method: 405 with Allow. A change (anything but
/// GET, HEAD, OPTIONS) whose Origin is not the Host it is sent to: 403. Filled at start, then read
/// from any thread. A literal path costs one map look-up.
class Router {
 public:
  Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;
  ~Router();

  /// Requires that this method and template were not added before. The summary is one sentence for
  /// the list of endpoints.
  void add(Method method, const std::string& path_template, std::string summary,
           RouteHandler handler);
  void handle(const HttpRequest& request, Responder responder) const;

  /// Requests to this template, which was added, are no part of a record: they only look, at what
  /// actors do not go by.
  void keep_out_of_records(std::string_view path_template);
  /// True for paths of nothing, too.
  [[nodiscard]] bool is_recorded(std::string_view path) const;

  struct Endpoint {
    Method method;
    std::string_view path;
    std::string summary;
  };
  /// In the order of adding.
  [[nodiscard]] std::vector<Endpoint> endpoints() const;

 private:
  struct Route;
  [[nodiscard]] const Route* find(std::string_view path, PathParameters& parameters,
                                  std::optional<result::Error>& error) const;

  // Routes stay where they are: the access log keeps views of their templates.
  std::vector<std::unique_ptr<Route>> routes_;
  std::map<std::string, const Route*, std::less<>> literal_;
  std::vector<const Route*> named_;  // most literal first
  std::vector<Endpoint> endpoints_;
};

}  // namespace hts::http
