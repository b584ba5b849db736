"""What the daemon is compared with: a bare ASGI page, and FastAPI with RQ on Redis, under uvicorn."""

import os

import fastapi
import redis
import rq

queue = rq.Queue(connection=redis.Redis(port=int(os.environ["PEER_REDIS_PORT"])))
api = fastapi.FastAPI()


def nothing():
    pass


@api.post("/api/jobs", status_code=202)
def submit():
    return {"task_id": queue.enqueue(nothing).id}


async def application(scope, receive, send):
    if scope["type"] == "http" and scope["path"] == "/health":
        body = b'{"status":"ok"}'
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
    else:
        await api(scope, receive, send)
