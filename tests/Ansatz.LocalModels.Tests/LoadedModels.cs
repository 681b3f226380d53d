using Ansatz.LocalModels.Tests;

[assembly: AssemblyFixture(typeof(LoadedModels))]

namespace Ansatz.LocalModels.Tests;

/// <summary>The models that all tests share: as shipped, and its Q8_0 copy, which is what users get.</summary>
public sealed class LoadedModels : IDisposable
{
    public EmbeddedModel Shipped { get; } = EmbeddedModel.Load(new() { Requantize = false });

    public EmbeddedModel Requantized { get; } = EmbeddedModel.Load();

    /// <summary>One whose limits are soon reached.</summary>
    public EmbeddedModel SmallContext { get; } = EmbeddedModel.Load(new() { ContextTokens = 512 });

    public void Dispose()
    {
        SmallContext.Dispose();
        Shipped.Dispose();
        Requantized.Dispose();
    }
}
