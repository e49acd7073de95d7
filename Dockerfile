# The server alone; compose.yaml gives it a database.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin boxoffice \
    && cp target/release/boxoffice /usr/local/bin/boxoffice

FROM debian:bookworm-slim
RUN useradd --system --no-create-home --shell /usr/sbin/nologin boxoffice
WORKDIR /srv/boxoffice
COPY --from=build /usr/local/bin/boxoffice /usr/local/bin/boxoffice
# To restyle the shop, an operator mounts a directory here and restarts the server.
COPY static /usr/share/boxoffice/static
USER boxoffice
EXPOSE 8080
ENTRYPOINT ["boxoffice"]
CMD ["serve", "--listen", "0.0.0.0:8080"]
