#include "adapters/http/router.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace hts::http {

struct Router::Route {
  explicit Route(const std::string& path) : path_template(path) {}

  PathTemplate path_template;
  std::vector<std::pair<Method, RouteHandler>> handlers;
  bool is_recorded = true;

  [[nodiscard]] const RouteHandler* handler_for(Method method) const {
    if (method == Method::head) method = Method::get;
    for (const auto& [own, handler] : handlers) {
      if (own == method) return &handler;
    }
    return nullptr;
  }

  [[nodiscard]] std::string allow() const {
    std::string methods;
    for (const auto& [method, handler] : handlers) {
      if (!methods.empty()) methods += ", ";
      methods += to_text(method);
      if (method == Method::get) methods += ", HEAD";
    }
    return methods;
  }
};

namespace {

/// A browser may send some bodies for such a page without asking first.
bool is_foreign_change(const HttpRequest& request) {
  return request.method != Method::get && request.method != Method::head &&
         request.method != Method::options && is_of_another_site(request);
}

}  // namespace

const std::string& RoutedRequest::path_parameter(std::string_view name) const {
  const auto found =
      std::ranges::find_if(path, [&](const auto& parameter) { return parameter.first == name; });
  assert(found != path.end());
  return found->second;
}

Router::Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

void Router::add(Method method, const std::string& path_template, std::string summary,
                 RouteHandler handler) {
  auto known = std::ranges::find_if(
      routes_, [&](const auto& route) { return route->path_template.text() == path_template; });
  if (known == routes_.end()) {
    routes_.push_back(std::make_unique<Route>(path_template));
    known = std::prev(routes_.end());
    const Route* route = known->get();
    if (path_template.find('{') == std::string::npos) {
      literal_.emplace(path_template, route);
    } else {
      const auto place = std::ranges::find_if(named_, [&](const Route* other) {
        return route->path_template.goes_before(other->path_template);
      });
      named_.insert(place, route);
    }
  }
  assert((*known)->handler_for(method) == nullptr);
  (*known)->handlers.emplace_back(method, std::move(handler));
  endpoints_.push_back({method, (*known)->path_template.text(), std::move(summary)});
}

const Router::Route* Router::find(std::string_view path, PathParameters& parameters,
                                  std::optional<result::Error>& error) const {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (const auto exact = literal_.find(path); exact != literal_.end()) return exact->second;

  auto segments = split_path(path);
  if (!segments.ok()) {
    error = segments.error();
    return nullptr;
  }
  std::string decoded;
  for (const std::string& segment : *segments) decoded += '/' + segment;
  if (const auto exact = literal_.find(decoded); exact != literal_.end()) return exact->second;
  for (const Route* route : named_) {
    if (auto match = route->path_template.match(*segments)) {
      parameters = std::move(*match);
      return route;
    }
  }
  return nullptr;
}

void Router::keep_out_of_records(std::string_view path_template) {
  for (const auto& route : routes_) {
    if (route->path_template.text() == path_template) route->is_recorded = false;
  }
}

bool Router::is_recorded(std::string_view path) const {
  PathParameters parameters;
  std::optional<result::Error> error;
  const Route* route = find(path, parameters, error);
  return route == nullptr || route->is_recorded;
}

void Router::handle(const HttpRequest& request, Responder responder) const {
  PathParameters parameters;
  std::optional<result::Error> error;
  const Route* route = find(request.path, parameters, error);
  if (error) return responder.fail(*error);
  if (route == nullptr) {
    Problem problem;
    problem.status = 404;
    problem.kind = "no-such-path";
    problem.detail =
        "There is nothing at '" + quotable_path(request.path) + "'; GET / lists the endpoints.";
    return responder.fail(problem);
  }
  responder.set_route(route->path_template.text());
  const RouteHandler* handler = route->handler_for(request.method);
  if (handler == nullptr) {
    Problem problem;
    problem.status = 405;
    problem.kind = "method-not-allowed";
    problem.allow = route->allow();
    problem.detail = std::string{to_text(request.method)} + " is not possible at '" +
                     quotable_path(request.path) + "'; it takes " + problem.allow + ".";
    return responder.fail(problem);
  }
  if (is_foreign_change(request)) {
    Problem problem;
    problem.status = 403;
    problem.kind = "foreign-origin";
    problem.detail =
        "A page of another site asked for this change; open the daemon's own address instead.";
    return responder.fail(problem);
  }
  (*handler)(RoutedRequest{request, parameters}, std::move(responder));
}

std::vector<Router::Endpoint> Router::endpoints() const {
  return endpoints_;
}

}  // namespace hts::http
