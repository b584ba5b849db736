#include <chrono>
#include <string>
#include <utility>

#include "adapters/http/actor_answer.hpp"
#include "adapters/http/api.hpp"
#include "adapters/http/page_request.hpp"
#include "adapters/http/preset_request.hpp"
#include "adapters/http/run_request.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::http {
namespace {

constexpr PageLimits preset_pages{.most = 500};
constexpr std::chrono::seconds preset_deadline{30};

void save(const ApiServices& services, const RoutedRequest& request, Responder responder,
          bool is_new) {
  const auto problem = refuse_media_type(request.http.header("Content-Type"), request.http.body);
  if (problem) return responder.fail(*problem);
  auto preset =
      parse_preset(request.http.body, is_new ? std::string{} : request.path_parameter("name"));
  if (!preset.ok()) return responder.fail(preset.error());
  answer_from(services.runtime, services.storage,
              actors::SavePreset{std::move(preset).value(), is_new}, preset_deadline,
              std::move(responder), [status = is_new ? 201 : 200](const ports::Preset& saved) {
                return preset_response(status, saved);
              });
}

void create(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  save(services, request, std::move(responder), true);
}

void replace(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  save(services, request, std::move(responder), false);
}

void list(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  const auto page = parse_page(request.http.query, preset_pages);
  if (!page.ok()) return responder.fail(page.error());
  answer_from(services.runtime, services.storage, actors::ListPresets{page->offset, page->limit},
              preset_deadline, std::move(responder),
              [wanted = *page](const ports::PresetPage& presets) {
                return presets_response(presets, wanted.limit, wanted.offset);
              });
}

void show(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  const std::string& name = request.path_parameter("name");
  services.runtime.ask(services.storage, actors::FindPresets{{name}}, preset_deadline,
                       [name, responder = std::move(responder)](
                           result::Result<std::vector<ports::Preset>> found) mutable {
                         if (!found.ok()) return responder.fail(found.error());
                         if (found->empty()) return responder.fail(ports::no_such_preset(name));
                         responder.send(preset_response(200, found->front()));
                       });
}

void remove(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  const std::string& name = request.path_parameter("name");
  answer_from(services.runtime, services.storage, actors::RemovePreset{name}, preset_deadline,
              std::move(responder), [name](result::Nothing) {
                std::string text;
                json::Writer writer{text};
                writer.begin_object();
                writer.member("name", name);
                writer.member("status", "removed");
                writer.end_object();
                return json_response(200, std::move(text));
              });
}

}  // namespace

void add_preset_routes(Router& router, const ApiServices& services) {
  using Function = void (*)(const ApiServices&, const RoutedRequest&, Responder);
  const auto add = [&](Method method, const char* path, const char* summary, Function function) {
    router.add(method, path, summary,
               [services, function](const RoutedRequest& request, Responder responder) {
                 function(services, request, std::move(responder));
               });
  };
  constexpr const char* all = "/api/strategies/presets";
  constexpr const char* one = "/api/strategies/presets/{name}";
  add(Method::get, all, "Parameters of strategies kept under names (?limit=&offset=).", list);
  add(Method::post, all,
      "Keeps a new one: {\"name\", \"strategy_name\", \"params\": {...}, \"description\"}.",
      create);
  add(Method::get, one, "One preset.", show);
  add(Method::put, one, "Writes a preset, in place of one with this name.", replace);
  add(Method::remove, one, "Forgets a preset; sessions that use it go on.", remove);
}

}  // namespace hts::http
