# The server alone; compose.yaml gives it a database.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# The image has the compiler that rust-toolchain.toml names, under the name of its default.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    rm -f rust-toolchain.toml \
    && cargo build --release --locked --bin boxoffice \
    && cp target/release/boxoffice /usr/local/bin/boxoffice

FROM debian:bookworm-slim
# curl asks for the server's health; the certificates verify a database across a network.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --no-create-home --shell /usr/sbin/nologin boxoffice \
    && install -d -o boxoffice -g boxoffice /var/lib/boxoffice
WORKDIR /srv/boxoffice
COPY --from=build /usr/local/bin/boxoffice /usr/local/bin/boxoffice
# To restyle the shop, an operator mounts a directory here and restarts the server.
COPY static /usr/share/boxoffice/static
# Pictures of events are kept here. A file with settings is named by BOXOFFICE_CONFIG.
ENV BOXOFFICE_DATA_DIR=/var/lib/boxoffice \
    BOXOFFICE_LISTEN=0.0.0.0:8080
VOLUME /var/lib/boxoffice
USER boxoffice
EXPOSE 8080
# It leaves by SIGTERM: not ready, drained, ended.
STOPSIGNAL SIGTERM
# Whether the process answers. Whether the database does is for the load balancer: a restart would not help.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD curl --fail --silent --output /dev/null http://127.0.0.1:8080/healthz || exit 1
ENTRYPOINT ["boxoffice"]
CMD ["serve"]
