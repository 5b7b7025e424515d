//! Starts the page.

fn main() {
    posnorm_lab::app::start();
}
