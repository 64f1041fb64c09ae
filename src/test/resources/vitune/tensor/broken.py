# Calls what it should have defined.
class Broken(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def linear(self, x: Tensor, w: Tensor) -> Tensor:
    return self.product(x, w)
